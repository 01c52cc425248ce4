/** What only the broker can see of its own health: the keychain it really uses, the services it really calls, the clock. */
import { type Dispatcher, request } from 'undici';
import type { ControlResult } from '../../../shared/control.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { networkTrouble } from '../oauth/network-trouble.ts';
import type { SecretStore } from '../vault/secret-store.ts';

type Examination = ControlResult<'examine'>;

const timeoutMs = 5_000;

export interface ExamineNeeds {
  readonly secrets: SecretStore;
  readonly keyIn: 'keychain' | 'key-file';
  readonly http: Dispatcher;
  readonly now: () => number;
  readonly snapshot: () => Snapshot;
}

/** One at a time, for whoever asks meanwhile as well: each asks the keychain and calls every service. */
export function createExamine(needs: ExamineNeeds): () => Promise<Examination> {
  let running: Promise<Examination> | undefined;
  return () => {
    running ??= examine(needs).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function examine(needs: ExamineNeeds): Promise<Examination> {
  const origins = new Set(needs.snapshot().connections.map((connection) => new URL(connection.resource).origin));
  const [keychain, services] = await Promise.all([
    examineKeychain(needs),
    Promise.all([...origins].map((origin) => examineService(needs, origin))),
  ]);
  return { keychain, services };
}

async function examineKeychain(needs: ExamineNeeds): Promise<Examination['keychain']> {
  const { label } = needs.secrets;
  if (needs.keyIn === 'key-file') return { status: 'key-file', label: 'a key file' };
  // A locked keychain may well say that there is nothing under a name: the vault has asked for what it holds.
  const { kind, note } = needs.snapshot().vault;
  if (kind === 'locked') return { status: 'locked', label, ...(note === undefined ? {} : { reason: note }) };
  const answer = await needs.secrets.get('doctor');
  switch (answer.status) {
    case 'found':
    case 'absent':
      return { status: 'ok', label };
    case 'locked':
    case 'no-store':
      return { status: answer.status, label, reason: answer.reason };
  }
}

/** Any answer means reachable; its Date header tells how far this computer's clock is off (RFC 9110 section 6.6.1). */
async function examineService(needs: ExamineNeeds, origin: string): Promise<Examination['services'][number]> {
  const host = new URL(origin).host;
  const startedMs = needs.now();
  try {
    const answer = await request(origin, {
      dispatcher: needs.http,
      method: 'GET',
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    answer.body.on('error', () => undefined);
    answer.body.destroy();
    const date = answer.headers['date'];
    const serverMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    const halfwayMs = (startedMs + needs.now()) / 2;
    return {
      host,
      reachable: true,
      ...(Number.isNaN(serverMs) ? {} : { clockAheadMs: Math.round(halfwayMs - serverMs) }),
    };
  } catch (thrown) {
    return { host, reachable: false, fault: networkTrouble(thrown).code };
  }
}
