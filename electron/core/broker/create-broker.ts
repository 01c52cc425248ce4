/** Puts the broker together: the parts share one vault, one fetch for the OAuth steps, and one way to say "changed". */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Credential } from '../credentials/credential.ts';
import { createWaysIn } from '../credentials/ways-in.ts';
import type { Pause } from '../oauth/device.ts';
import { createDpopNonces } from '../oauth/dpop.ts';
import { oauthFetch } from '../oauth/http.ts';
import { createKeySets } from '../oauth/jwks.ts';
import type { Platform } from '../platform.ts';
import type { Service } from '../services/service.ts';
import type { ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { createAccessTokens } from './access-tokens.ts';
import { accountsOf, boundAccountId, findAccount } from './accounts.ts';
import { createActivityLog, type NewActivity } from './activity.ts';
import type { Broker } from './broker.ts';
import { inTurn, serviceRemoved } from './connection-changes.ts';
import { findConnectionRecord, serviceOf, titleOf } from './connections.ts';
import { gated } from './gate.ts';
import { withOtherClient } from './given-clients.ts';
import { createLiveSnapshot } from './live-snapshot.ts';
import { createLocalClients } from './local-clients.ts';
import { offersOf, serviceViews } from './offers.ts';
import { createPrograms } from './programs.ts';
import { createQuestions } from './questions.ts';
import { createReachability } from './reachability.ts';
import { keptRegistration, manageRegistration, retireRegistrations } from './registrations.ts';
import { type Called, firstCall, proveRevoked, reach } from './resource-call.ts';
import { createRevocations } from './revocations.ts';
import { createSignIns, type SignInOutcome } from './sign-in.ts';
import { requireNothingTyped } from './sign-in-direct.ts';
import { rememberServer } from './sign-in-finish.ts';
import { makeSnapshot, viewOfConnection } from './snapshot.ts';
import { createUpstreamReports } from './upstream-reports.ts';
import { validateAccess } from './validation.ts';
import { createVerbs } from './verbs.ts';

export type { Broker } from './broker.ts';

export interface BrokerOptions {
  /** How long a sign-in waits for the person. */
  readonly signInTimeoutMs?: number;
  /** The person's, for the pages in the browser; English unless given. */
  readonly language?: () => Language;
  /** What happens to a program that comes for the first time; it is let in unless something else is said. */
  readonly newPrograms?: () => 'ask' | 'allow';
  /** How soon a service that cannot be reached is tried again for the first time. */
  readonly firstRetryMs?: number;
  /** How one waits between two questions about a device code; real time unless given. */
  readonly pause?: Pause;
}

const usualSignInTimeoutMs = 10 * 60_000;
/** A keychain may ask the person each time it is asked: not more often than this by itself. */
const unlockPauseMs = 15_000;

export function createBroker(platform: Platform, vault: Vault, options: BrokerOptions = {}): Broker {
  const { now, log } = platform;
  const http = oauthFetch(platform.httpOnce);
  const nonces = createDpopNonces();
  const keySets = createKeySets({ http, now });
  const live = {
    isSigningIn: (id: string) => signIns.isWaiting(id),
    signIn: (id: string) => signIns.waitingView(id),
    retryAtMs: (id: string) => reachability.retryAtMs(id),
    limitReached: (id: string) => reports.limitReached(id),
    renews: (grant: GrantRecord) => waysIn.of(grant).canRenew(grant),
    offersOf: (service: Service) => offersOf(waysIn, service),
    questions: () => questions.list(),
    programsOf: (id: string) => programs.of(id),
  };
  const snapshot = createLiveSnapshot((generation) => makeSnapshot(vault, live, generation), log);
  const { changed } = snapshot;
  const activity = createActivityLog(now, log);
  /** Remembered under the name that the connection has now. */
  const note = (connectionId: string, entry: Omit<NewActivity, 'connectionId' | 'connection'>): void => {
    if (vault.state.kind === 'locked') return;
    const connection = vault.get('connection', connectionId);
    if (connection) activity.note({ connectionId, connection: titleOf(connection), ...entry });
  };

  const waysIn = createWaysIn({ vault, http, now, nonces });
  const questions = createQuestions({ now, changed });
  const probe = (connection: ConnectionRecord, credential: Credential) =>
    proveRevoked(platform.http, calledOf(connection), credential);
  const revocations = createRevocations({
    vault,
    waysIn,
    http,
    now,
    log,
    changed,
    signedOut: ({ connectionId, label }) => note(connectionId, { what: 'sign-out', account: label, outcome: 'done' }),
    probe,
  });
  const notCancelled = (thrown: unknown) =>
    log('error', 'tokens that nobody wants could not be cancelled', { reason: String(thrown) });
  const accessTokens = createAccessTokens({
    vault,
    waysIn,
    now,
    log,
    changed,
    orphaned: (grant, account, kept) => void revocations.cancel(grant, account.label, kept).catch(notCancelled),
    probe,
  });
  const signIns = createSignIns({
    vault,
    http,
    nonces,
    keySets,
    pause: options.pause,
    now,
    log,
    changed,
    openBrowser: platform.openBrowser,
    firstCall: (connection, credential) => firstCall(platform.http, calledOf(connection), credential),
    waysIn,
    report: (access, outcome) => report(access, outcome),
    unwanted: ({ grant, server, kept }) => {
      inTurn(vault, () => (server ? [rememberServer(server, now())] : []))
        .then(() => revocations.cancel(grant, new URL(grant.issuer).host, kept))
        .catch(notCancelled);
    },
    timeoutMs: options.signInTimeoutMs ?? usualSignInTimeoutMs,
    language: options.language ?? (() => 'en'),
    ended: (connectionId, outcome) => {
      if (outcome.kind === 'done') reachability.forget(connectionId);
      const account = outcome.kind === 'done' ? { account: outcome.account.label } : {};
      if (outcome.kind !== 'open') note(connectionId, { what: 'sign-in', ...account, outcome: outcomeOf(outcome) });
    },
  });
  const localClients = createLocalClients(vault, now, changed);
  const programs = createPrograms({
    vault,
    now,
    log,
    changed,
    newPrograms: options.newPrograms ?? (() => 'allow'),
    arrived: (connectionId, program, access) => {
      const what = access === 'asking' ? 'program-asked' : 'program-allowed';
      note(connectionId, { what, program, outcome: 'done' });
    },
  });
  const reachability = createReachability({
    now,
    log,
    changed,
    firstWaitMs: options.firstRetryMs,
    /** With the access of an ordinary call where there is one: nothing else ever gets a token. */
    async probe(connectionId) {
      const access = await accessTokens.get({ connectionId, client: '' }).catch((thrown: unknown) => {
        if (isOnTheWay(asFault(thrown))) throw thrown;
        return undefined;
      });
      await reach(platform.http, calledOf(connectionRecord(connectionId)), access?.credential);
    },
  });
  const reports = createUpstreamReports({ vault, waysIn, log, changed, reachability });
  const report: Broker['report'] = (access, outcome) => {
    if (outcome.kind === 'unauthorized') accessTokens.refused(access);
    reports.report(access, outcome);
  };

  /** Whoever comes to a locked vault sets off one attempt to open it; a success tells everybody (`changed`). */
  let unlockAgainFromMs = 0;
  async function unlock(): Promise<void> {
    await vault.unlock();
    revocations.resume();
    changed();
  }
  function unlockInBackground(): void {
    if (vault.state.kind !== 'locked' || now() < unlockAgainFromMs) return;
    unlockAgainFromMs = now() + unlockPauseMs;
    unlock().catch((thrown: unknown) => log('info', 'the vault is still locked', { reason: String(thrown) }));
  }

  const connectionRecord = (id: string) => {
    const record = vault.get('connection', id);
    if (!record) throw serviceRemoved();
    return record;
  };
  const view = (id: string) => viewOfConnection(vault, live, connectionRecord(id));
  const verbs = createVerbs({
    vault,
    now,
    changed,
    view,
    activity,
    programs,
    localClients,
    reachability,
    revocations,
    signIns,
    signedOut: () =>
      retireRegistrations({ vault, http, log, changed }, () =>
        vault.list('connection').some(({ id }) => signIns.isWaiting(id)),
      ),
  });

  revocations.resume();
  return {
    ...verbs,
    accessTokens: gated(accessTokens, vault, programs),
    signIns,
    localClients,
    snapshot: snapshot.now,
    subscribe: snapshot.subscribe,
    findConnection(reference) {
      unlockInBackground();
      return view(findConnectionRecord(vault, reference).id);
    },
    boundAccountId(connectionId, client) {
      if (vault.state.kind === 'locked') return undefined;
      const connection = vault.get('connection', connectionId);
      const accountId = connection && boundAccountId(connection, client);
      return accountId !== undefined && vault.get('account', accountId) ? accountId : undefined;
    },
    report,
    noteUse(connectionId, client, door) {
      if (vault.state.kind === 'locked') return;
      programs.noteUse(connectionId, client, door);
      snapshot.stale();
    },
    meetProgram: programs.meet,
    noteCall: ({ connectionId, ...call }) => note(connectionId, { what: 'tool', ...call }),
    async signIn(connectionId) {
      const connection = connectionRecord(connectionId);
      const account = accountsOf(vault, connectionId).find(({ id }) => id === connection.currentAccountId);
      requireNothingTyped(waysIn, connection, account);
      const attempt = await signIns.start(connectionId, account ? { accountId: account.id } : {});
      const { device, host } = attempt;
      if (device) return { authorizationUrl: device.verificationUri, host, userCode: device.userCode };
      await signIns.openBrowser(attempt.id).catch((thrown: unknown) => {
        const fault = asFault(thrown);
        // Whoever asked cannot see our log: the address is the way on.
        throw new Fault(fault.code, {
          ...fault.detail,
          next: `Open this address in a browser: ${attempt.authorizationUrl} (on another computer it ends on a page that does not open; give the address of that page to: npx conexor finish)`,
        });
      });
      return { authorizationUrl: attempt.authorizationUrl ?? '', host: attempt.host };
    },
    questions,
    async validate(connectionId, reference) {
      const account = findAccount(accountsOf(vault, connectionId), reference);
      const connection = connectionRecord(connectionId);
      const { renewDue } = accessTokens;
      return validateAccess({ vault, waysIn, probe, http, keySets, now, log, renewDue }, connection, account);
    },
    registration: async (connectionId, action) =>
      manageRegistration({ vault, http, log, changed }, connectionRecord(connectionId), action),
    hasRegistration: (connectionId) => keptRegistration(vault, connectionRecord(connectionId)) !== undefined,
    clientReplacedBy: (server) => withOtherClient(vault, server)?.name,
    services: () => serviceViews(waysIn),
    clientOfKey: localClients.clientOfKey,
    unlock,
    activity: activity.list,
    onActivity: activity.listen,
    async close() {
      revocations.close();
      questions.close();
      reachability.close();
      await signIns.close();
      await programs.close();
    },
  };
}

function calledOf(connection: ConnectionRecord): Called {
  return { resource: connection.resource, service: serviceOf(connection) };
}

/** How a sign-in ended, in the words of the faults. */
function outcomeOf(outcome: SignInOutcome): string {
  switch (outcome.kind) {
    case 'done':
    case 'open':
      return 'done';
    case 'denied':
      return 'consent-denied';
    case 'cancelled':
      return 'sign-in-cancelled';
    case 'timed-out':
      return 'sign-in-timed-out';
    case 'failed':
      return outcome.fault.code;
  }
}
