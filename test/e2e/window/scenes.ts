/** What the window can be shown: services in every state, programs, sign-ins, as the broker would tell it. */
import type { AccountView, ClientUse, ConnectionView, State, WaitingSignIn } from '../../../shared/snapshot.ts';

export { stateOf } from '../../fakes/window-state.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export const conexorScopes = ['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read'];

export function account(label: string, change: Partial<AccountView> = {}): AccountView {
  return {
    id: `account-${label}`,
    label,
    current: false,
    state: 'connected',
    requestedScopes: conexorScopes,
    grantedScopes: conexorScopes,
    neededScopes: [],
    addedAtMs: Date.now() - 40 * day,
    expiresAtMs: Date.now() + 40 * minute,
    lastRefreshAtMs: Date.now() - 20 * minute,
    renewsItself: true,
    bound: false,
    wayIn: 'authorization-code',
    ...change,
  };
}

export const ana = account('ana.torres@acme.example', { current: true, organisation: 'Acme Trading' });
export const globex = account('ana.torres@globex.example', { organisation: 'Globex' });

export function program(name: string, change: Partial<ClientUse> = {}): ClientUse {
  return { name, door: 'stdio', access: 'allowed', firstSeenAtMs: Date.now() - 12 * day, ...change };
}

export const claude = program('Claude', { lastUsedAtMs: Date.now() - 5 * minute - 10_000 });
export const cursor = program('Cursor', { lastUsedAtMs: Date.now() - day - minute });

export function service(title: string, change: Partial<ConnectionView> = {}): ConnectionView {
  const name = title.toLowerCase().replaceAll(' ', '-');
  return {
    id: `id-${name}`,
    name,
    service: 'conexor',
    title,
    resource: `https://app.conexor.example/mcp/acme/${name}`,
    host: 'app.conexor.example',
    access: 'sign-in',
    speaks: 'mcp',
    wayIn: 'authorization-code',
    waysIn: [{ id: 'authorization-code', fields: [], keepsTyped: false, legacy: false }],
    state: 'connected',
    paused: change.state === 'paused',
    accounts: [ana],
    clients: [claude],
    ...change,
  };
}

export function waiting(change: Partial<WaitingSignIn> = {}): WaitingSignIn {
  return {
    attempt: 'attempt-1',
    startedAtMs: Date.now(),
    endsAtMs: Date.now() + 10 * minute,
    host: 'app.conexor.example',
    requestedScopes: conexorScopes,
    another: false,
    browserOpened: true,
    ...change,
  };
}

/** A service in this state, as the broker tells it. */
export function inState(state: State, title = `Service ${state}`): ConnectionView {
  const own = { ...ana, state: state === 'signing-in' ? ('sign-in-again' as const) : state };
  return service(title, {
    state,
    accounts: [state === 'permission-needed' ? { ...own, neededScopes: ['mcp:server:manage'] } : own],
    ...(state === 'unreachable' ? { retryAtMs: Date.now() + 28_000, accounts: [ana] } : {}),
    ...(state === 'signing-in' ? { signIn: waiting() } : {}),
  });
}

/** A day like any other. */
export const everyday: readonly ConnectionView[] = [
  service('Conexor', {
    accounts: [ana, globex],
    clients: [claude, cursor, program('n8n', { lastUsedAtMs: Date.now() - 3 * day })],
  }),
  service('Linear', {
    service: 'linear',
    resource: 'https://mcp.linear.example/mcp',
    host: 'mcp.linear.example',
    accounts: [account('ana@torres.example', { current: true, grantedScopes: ['openid', 'profile', 'issues:create'] })],
    clients: [cursor],
  }),
  service('docs.weather.example', {
    service: 'mcp',
    title: 'MCP server',
    host: 'docs.weather.example',
    resource: 'https://docs.weather.example/mcp',
    access: 'none',
    accounts: [],
    clients: [],
  }),
];

/** Every state at once. */
export const everyState: readonly ConnectionView[] = [
  ...everyday.slice(0, 1),
  inState('signing-in', 'Notion'),
  inState('sign-in-again', 'Linear'),
  inState('permission-needed', 'Sentry'),
  inState('paused', 'Stripe'),
  inState('unreachable', 'Asana'),
  inState('plan-limit', 'Conexor Sales'),
  inState('removed-by-service', 'Atlassian'),
  service('Figma', { state: 'sign-in-again', accounts: [], clients: [] }),
];
