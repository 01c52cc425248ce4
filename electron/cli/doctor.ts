/** `conexor doctor`: each thing that can be wrong, looked at, with what to do about it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { ControlResult } from '../../shared/control.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { accountToUse } from '../../shared/state-of-things.ts';
import { browserCommand } from '../browser.ts';
import { type ControlClient, ControlError } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { howToAllow } from './programs.ts';
import { questionsInWords } from './questions.ts';
import { howToGoOn } from './words.ts';

export interface Finding {
  readonly about: string;
  readonly verdict: 'good' | 'remark' | 'bad';
  readonly what: string;
  readonly next?: string;
}

/** A clock that is further off than this makes services refuse signed tokens. */
const largestClockErrorMs = 60_000;

export async function doctor(context: Context): Promise<number> {
  const findings: Finding[] = [nodeFinding(process.versions.node), await folderFinding(context.broker.dataDir)];
  const control = await reach(context, findings);
  if (control) {
    // Asking is what opens a keychain that has been unlocked meanwhile; one that has not is found below.
    await control.ask('unlock', {}).catch(() => undefined);
    const [status, health] = [await control.ask('status', {}), await control.ask('examine', {})];
    findings.push(portFinding(status), keychainFinding(health.keychain), ...health.services.flatMap(serviceFindings));
    const snapshot = await control.ask('snapshot', {});
    if (snapshot.vault.note && (snapshot.vault.kind === 'keychain' || snapshot.vault.kind === 'key-file')) {
      findings.push({ about: 'Sign-ins', verdict: 'remark', what: snapshot.vault.note });
    }
    findings.push(...snapshot.connections.flatMap((one) => connectionFindings(one, status.nowMs)));
    for (const { what, next } of questionsInWords(snapshot)) {
      findings.push({ about: 'Question', verdict: 'remark', what: `${what}.`, next });
    }
  }
  findings.push(browserFinding(context.env));
  context.output.data(findings);
  const marks = { good: 'ok  ', remark: 'note', bad: 'BAD ' } as const;
  for (const { about, verdict, what, next } of findings) {
    context.output.say(`${marks[verdict]}  ${about}: ${what}`);
    if (next) context.output.say(`      ${next}`);
  }
  const bad = findings.some((finding) => finding.verdict === 'bad');
  const noted = findings.some((finding) => finding.verdict === 'remark');
  const good = noted ? 'Nothing is broken; the notes above are worth a look.' : 'Everything is working.';
  context.output.say(bad ? 'Something is wrong; see above.' : good);
  return bad ? exitCodes.failed : exitCodes.done;
}

async function reach(context: Context, findings: Finding[]): Promise<ControlClient | undefined> {
  try {
    const control = await context.control(false);
    findings.push({ about: 'Broker', verdict: 'good', what: 'running.' });
    return control;
  } catch (thrown) {
    if (thrown instanceof ControlError) throw thrown;
  }
  try {
    const control = await context.control();
    findings.push({ about: 'Broker', verdict: 'good', what: 'was not running; it has been started.' });
    return control;
  } catch (thrown) {
    const next = thrown instanceof Error && 'detail' in thrown ? (thrown.detail as { next?: string }).next : undefined;
    findings.push({
      about: 'Broker',
      verdict: 'bad',
      what: 'does not start.',
      next: next ?? 'Run "npx conexor start --foreground" to see why.',
    });
    return undefined;
  }
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < 20 || (major === 20 && minor < 19);
  return old
    ? { about: 'Node.js', verdict: 'bad', what: `is ${version}, too old.`, next: 'Install Node.js 20.19 or newer.' }
    : { about: 'Node.js', verdict: 'good', what: `is ${version}.` };
}

async function folderFinding(dataDir: string): Promise<Finding> {
  const about = 'Data folder';
  const found = await stat(dataDir).catch(() => undefined);
  if (!found) return { about, verdict: 'good', what: `${dataDir} will be made at the first start.` };
  const writable = await access(dataDir, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!found.isDirectory() || !writable) {
    return {
      about,
      verdict: 'bad',
      what: `${dataDir} cannot be written.`,
      next: 'Make it a folder that belongs to you, or choose another with --data.',
    };
  }
  return { about, verdict: 'good', what: `${dataDir} can be written.` };
}

function portFinding(status: ControlResult<'status'>): Finding {
  if (status.wantedPort === undefined)
    return { about: 'Local address', verdict: 'good', what: `${status.httpUrl} answers.` };
  return {
    about: 'Local address',
    verdict: 'remark',
    what: `port ${status.wantedPort} is used by another program; Conexor is at ${status.httpUrl} instead.`,
    next: 'Close the other program, or give programs the address that "conexor url" prints.',
  };
}

function keychainFinding(keychain: ControlResult<'examine'>['keychain']): Finding {
  const about = 'Keychain';
  switch (keychain.status) {
    case 'ok':
      return { about, verdict: 'good', what: `${keychain.label} is open.` };
    case 'key-file':
      return { about, verdict: 'good', what: 'the key comes from a file that was handed in.' };
    case 'locked':
      return {
        about,
        verdict: 'bad',
        what: `${keychain.label} is locked.`,
        next: 'Unlock it (it usually opens when you sign in to this computer), then run "npx conexor doctor" again.',
      };
    case 'no-store':
      return {
        about,
        verdict: 'remark',
        what: 'there is none here, so sign-ins last only until Conexor stops.',
        next: 'Install gnome-keyring (or another Secret Service), or start with --vault-key-file <file>.',
      };
    case 'failed':
      return {
        about,
        verdict: 'bad',
        what: `${keychain.label} does not answer.`,
        next: 'Sign out of this computer and in again.',
      };
  }
}

function serviceFindings(service: ControlResult<'examine'>['services'][number]): readonly Finding[] {
  const about = service.host;
  if (!service.reachable) {
    return [
      {
        about,
        verdict: 'bad',
        what: 'cannot be reached.',
        next: 'Check the internet connection; behind a company proxy, ask your administrator.',
      },
    ];
  }
  const off = service.clockAheadMs ?? 0;
  if (Math.abs(off) > largestClockErrorMs) {
    const minutes = Math.round(Math.abs(off) / 60_000);
    return [
      { about, verdict: 'good', what: 'answers.' },
      {
        about: 'Clock',
        verdict: 'bad',
        what: `this computer is ${minutes} minutes ${off > 0 ? 'ahead' : 'behind'}.`,
        next: 'Set the clock automatically in the system settings.',
      },
    ];
  }
  return [{ about, verdict: 'good', what: 'answers, and the clocks agree.' }];
}

/** What waits for the person at one service. */
function connectionFindings(connection: ConnectionView, nowMs: number): readonly Finding[] {
  const { name: about, state, paused, clients, accounts } = connection;
  const remark = (what: string, next: string): Finding => ({ about, verdict: 'remark', what, next });
  return [
    ...(state === 'sign-in-again'
      ? [remark(accountToUse(connection) ? 'has no account in use.' : 'needs a sign-in.', howToGoOn(connection))]
      : []),
    ...accounts
      .filter(({ remindAtMs }) => remindAtMs !== undefined && remindAtMs <= nowMs)
      .map(({ label }) =>
        remark(
          `the access key of ${label} is old.`,
          `Ask the service for a new one, then: npx conexor connect ${about}`,
        ),
      ),
    ...(state === 'plan-limit' ? [remark('has used up its plan’s limit.', 'Wait, or ask for a larger plan.')] : []),
    ...(state === 'removed-by-service'
      ? [remark('no longer accepts your sign-in.', `npx conexor connect ${about}`)]
      : []),
    ...(paused ? [remark('is paused: no program has access.', `conexor resume ${about}`)] : []),
    ...clients
      .filter(({ access }) => access === 'asking')
      .map(({ name }) => remark(`${name} waits for your answer.`, howToAllow(name, about))),
  ];
}

function browserFinding(env: NodeJS.ProcessEnv): Finding {
  const command = browserCommand({ platform: process.platform, env }, 'about:blank');
  return command
    ? { about: 'Browser', verdict: 'good', what: `opened by ${command[0]}.` }
    : {
        about: 'Browser',
        verdict: 'remark',
        what: 'none can be opened here.',
        next: 'Sign in with "npx conexor connect … --no-browser" and open the printed address yourself.',
      };
}
