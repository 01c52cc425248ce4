/** States of Conexor to show: a plain one, and what a test wants different in it. */
import type { AccountView, ClientUse, ConnectionView, Question, State } from '../../shared/snapshot.ts';

export { stateOf as stateWith } from '../fakes/window-state.ts';

export const nowMs = Date.UTC(2026, 10, 21, 12);

export function account(label: string, change: Partial<AccountView> = {}): AccountView {
  return {
    id: `account ${label}`,
    label,
    current: false,
    state: 'connected',
    requestedScopes: ['mcp:tools:read'],
    grantedScopes: ['mcp:tools:read'],
    neededScopes: [],
    addedAtMs: nowMs - 86_400_000,
    renewsItself: true,
    bound: false,
    wayIn: 'authorization-code',
    ...change,
  };
}

export function client(name: string, change: Partial<ClientUse> = {}): ClientUse {
  return { name, door: 'stdio', access: 'allowed', firstSeenAtMs: nowMs - 3_600_000, ...change };
}

export function connection(name: string, change: Partial<ConnectionView> = {}): ConnectionView {
  return {
    id: `connection ${name}`,
    name,
    service: 'conexor',
    title: name,
    resource: `https://app.conexor.io/mcp/acme/${name}`,
    host: 'app.conexor.io',
    access: 'sign-in',
    speaks: 'mcp',
    wayIn: 'authorization-code',
    waysIn: [{ id: 'authorization-code', fields: [], keepsTyped: false, legacy: false }],
    state: 'connected',
    paused: change.state === 'paused',
    accounts: [account('ana@acme.example', { current: true })],
    clients: [],
    ...change,
  };
}

export function question(id: string, change: Partial<Question> = {}): Question {
  return {
    id,
    program: 'Claude',
    connectionId: 'connection sales',
    what: 'revoke',
    askedAtMs: nowMs,
    endsAtMs: nowMs + 300_000,
    ...change,
  };
}

/** One connection in this state, as the broker would tell it. */
export function inState(state: State): ConnectionView {
  return connection(`is-${state}`, {
    state,
    ...(state === 'unreachable' ? { retryAtMs: nowMs + 30_000 } : {}),
    ...(state === 'signing-in'
      ? {
          signIn: {
            attempt: 'attempt-1',
            startedAtMs: nowMs,
            endsAtMs: nowMs + 600_000,
            host: 'app.conexor.io',
            requestedScopes: [],
            another: false,
            browserOpened: true,
          },
        }
      : {}),
  });
}
