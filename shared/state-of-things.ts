/** What a state asks of a person, for every face alike: its one main action, and whether it counts as a problem. */
import type { AccountView, ConnectionView, Snapshot, State } from './snapshot.ts';

export type MainAction = 'details' | 'cancel' | 'sign-in' | 'allow' | 'resume' | 'retry' | 'plan' | 'unlock';

const actions: Record<State, MainAction> = {
  connected: 'details',
  'signing-in': 'cancel',
  'sign-in-again': 'sign-in',
  'permission-needed': 'allow',
  paused: 'resume',
  unreachable: 'retry',
  'plan-limit': 'plan',
  'removed-by-service': 'sign-in',
  'keychain-locked': 'unlock',
};

export function mainAction(state: State): MainAction {
  return actions[state];
}

/**
 * What is shown of a service: one whose account in use works stays connected while another account is added, or the
 * same one signs in anew. That somebody signs in is told beside it.
 */
export function shownState({ state, paused, retryAtMs, accounts }: ConnectionView): State {
  const works = accounts.some((account) => account.current && account.state === 'connected');
  return state === 'signing-in' && works && !paused && retryAtMs === undefined ? 'connected' : state;
}

const problemStates: ReadonlySet<State> = new Set<State>([
  'sign-in-again',
  'permission-needed',
  'unreachable',
  'plan-limit',
  'removed-by-service',
  'keychain-locked',
]);

/** A service that was never signed in to, or was signed out on purpose, is no problem. */
export function isProblem(connection: ConnectionView): boolean {
  if (connection.access === 'sign-in' && connection.accounts.length === 0 && connection.state === 'sign-in-again') {
    return false;
  }
  return problemStates.has(connection.state);
}

type WithAccounts = Pick<ConnectionView, 'state' | 'accounts'>;

/** The account in use was signed out, and others are still there: a choice is missing, not a sign-in. */
export function hasNoneInUse({ state, accounts }: WithAccounts): boolean {
  return state === 'sign-in-again' && accounts.length > 0 && !accounts.some(({ current }) => current);
}

/** Where none is in use, the account that a person is offered; undefined where none of them could be used either. */
export function accountToUse(connection: WithAccounts): AccountView | undefined {
  if (!hasNoneInUse(connection)) return undefined;
  return connection.accounts.find(({ state }) => state === 'connected' || state === 'paused');
}

export interface Problems {
  readonly services: number;
  /** Programs that wait for the person's first answer. */
  readonly asking: number;
  /** What programs want to do and may not by themselves. */
  readonly questions: number;
  readonly locked: boolean;
}

export function problemsOf(snapshot: Snapshot): Problems {
  return {
    services: snapshot.connections.filter(isProblem).length,
    asking: snapshot.connections.flatMap((one) => one.clients.filter((client) => client.access === 'asking')).length,
    questions: snapshot.questions.length,
    locked: snapshot.vault.kind === 'locked',
  };
}
