/**
 * What a person may send to somebody who helps, after reading it: plain English lines without names, addresses,
 * accounts, folders or anything that a service or a program has said. Services are numbered in the window's order.
 */
import type { Activity } from '../../../shared/activity.ts';
import type { ControlResult } from '../../../shared/control.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { WindowState } from '../../../shared/window.ts';

export interface DiagnosticsInput {
  readonly state: WindowState;
  readonly status: ControlResult<'status'>;
  /** Newest first. */
  readonly activity: readonly Activity[];
  readonly examined: ControlResult<'examine'>;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

const mostFaults = 20;

export function diagnostics({ state, status, activity, examined, versions }: DiagnosticsInput): string {
  const { app, settings, snapshot } = state;
  const { connections } = snapshot;
  const numberOf = new Map(connections.map((connection, index) => [connection.id, index + 1]));
  const faults = activity.filter(({ outcome }) => outcome !== 'done').slice(0, mostFaults);
  const port = new URL(status.httpUrl).port;
  return [
    `Conexor ${app.version}, ${app.kind}, ${time(status.nowMs)}`,
    `System: ${app.system}, ${process.arch}; Node ${versions['node']}${versions['electron'] ? `, Electron ${versions['electron']}` : ''}`,
    `Running since: ${time(status.startedAtMs)}`,
    `Local port: ${port}${status.wantedPort === undefined ? '' : `, wanted ${status.wantedPort}`}`,
    `Keychain: ${keychain(examined)}; sign-ins kept in: ${snapshot.vault.kind}`,
    `Language: ${app.language} (${settings.language}); theme: ${settings.theme}; new programs: ${app.newPrograms}; start at login: ${app.startAtLogin}; tray: ${app.tray ? 'yes' : 'no'}`,
    '',
    connections.length === 0 ? 'No services' : 'Services',
    ...connections.map((connection, index) => `  ${service(connection, index + 1, status.nowMs)}`),
    `Sign-outs not confirmed yet: ${snapshot.pendingRevocations.length}`,
    `Local keys: ${snapshot.localClients.length}`,
    '',
    ...(examined.services.length === 0 ? [] : ['Looked at now']),
    ...examined.services.map((one) => `  ${reach(one, connections)}`),
    '',
    faults.length === 0 ? 'No faults lately' : 'Faults lately',
    ...faults.map((entry) => `  ${time(entry.atMs)} ${entry.what}, ${where(numberOf, entry)}: ${word(entry.outcome)}`),
    '',
  ].join('\n');
}

function service(connection: ConnectionView, number: number, nowMs: number): string {
  const { accounts, clients, retryAtMs, signIn } = connection;
  const parts = [
    `service ${number} (${connection.service}): ${connection.state}`,
    ...(connection.paused ? ['paused'] : []),
    ...(connection.access === 'none' ? ['wants no sign-in'] : []),
    ...(retryAtMs === undefined ? [] : [`tries again in ${Math.round((retryAtMs - nowMs) / 1000)} s`]),
    ...(signIn === undefined ? [] : [`sign-in under way since ${time(signIn.startedAtMs)}`]),
    `accounts: ${accounts.length === 0 ? 'none' : accounts.map(account).join('; ')}`,
    `programs: ${clients.length === 0 ? 'none' : clients.map(({ door, access }) => `${door} ${access}`).join('; ')}`,
  ];
  return parts.join(', ');
}

function account(one: ConnectionView['accounts'][number]): string {
  const until = one.expiresAtMs === undefined ? '' : `, access until ${time(one.expiresAtMs)}`;
  const renewed = one.lastRefreshAtMs === undefined ? '' : `, renewed ${time(one.lastRefreshAtMs)}`;
  return `${one.state}${one.current ? ' (current)' : ''}${one.renewsItself ? ', renews itself' : ''}${until}${renewed}`;
}

/** Its label is ours; the reason may quote the system, which knows names. */
function keychain({ keychain: { label, status } }: ControlResult<'examine'>): string {
  return `${label}, ${status}`;
}

function reach(one: ControlResult<'examine'>['services'][number], connections: readonly ConnectionView[]): string {
  const numbers = connections.flatMap(({ resource }, index) =>
    new URL(resource).host === one.host ? [index + 1] : [],
  );
  const clock =
    one.clockAheadMs === undefined ? '' : `, this computer's clock is ${Math.round(one.clockAheadMs / 1000)} s ahead`;
  const found = one.reachable ? `reachable${clock}` : `not reachable (${word(one.fault ?? 'unreachable')})`;
  return `service ${numbers.join(', ')}: ${found}`;
}

function where(numberOf: ReadonlyMap<string, number>, entry: Activity): string {
  const number = numberOf.get(entry.connectionId);
  return number === undefined ? 'a removed service' : `service ${number}`;
}

/** A code of ours is a plain word; anything else has no business here. */
function word(code: string): string {
  return /^[a-z-]{1,40}$/.test(code) ? code : 'unknown';
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
