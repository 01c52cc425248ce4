/** What a person reads who started Conexor in a terminal: where it listens, how it keeps things, and what to try next. */
import type { ControlResult } from '../shared/control.ts';
import type { Started } from './core/start.ts';

/** `window` is what came of opening it; undefined where nobody asked for one. */
export function welcome(started: Started, window: ControlResult<'openWindow'> | undefined): string {
  if (started.kind === 'already-running') {
    return [
      'Conexor runs already; this second start changed nothing. See it with: npx conexor list',
      ...windowLines(window),
      '',
    ].join('\n');
  }
  const status = started.status();
  const { vault, connections } = started.broker.snapshot();
  const kept = {
    keychain: `Sign-ins rest in a sealed file; its key is in ${status.keychain}.`,
    'key-file': 'Sign-ins rest in a sealed file; its key came from the file you gave.',
    memory: 'There is no keychain here: sign-ins last only until Conexor stops. "npx conexor doctor" says what to do.',
    locked: 'The keychain is locked: unlock it, and your services are there again.',
  }[vault.kind];
  const next =
    connections.length === 0
      ? ['npx conexor connect practice', 'npx conexor tools', "npx conexor call list_orders '{}'"]
      : ['npx conexor list', 'npx conexor tools', 'npx conexor doctor'];
  const why =
    connections.length === 0
      ? [
          'sign in to the practice service; no account needed',
          'see what an assistant could do with it',
          'do one of those things',
        ]
      : ['your services, and who uses them', 'what assistants can do with one', 'look for anything wrong'];
  return [
    '',
    `Conexor ${status.version} is running. Ctrl+C stops it.`,
    '',
    ...windowLines(window),
    ...(window === undefined ? [] : ['']),
    `  Programs reach it at  ${status.httpUrl}${status.wantedPort === undefined ? '' : ` (port ${status.wantedPort} is used by another program)`}`,
    `  and at the socket     ${status.socketPath}`,
    `  ${kept}`,
    ...(vault.note && vault.kind !== 'memory' ? [`  ${vault.note}`] : []),
    '',
    'Try next, in another terminal in this folder:',
    '',
    ...next.map((command, n) => `  ${n + 1}. ${command.padEnd(36)}  ${why[n]}`),
    '',
    '',
  ].join('\n');
}

/** The address works once: whoever needs another asks for it. */
function windowLines(window: ControlResult<'openWindow'> | undefined): readonly string[] {
  if (window === undefined) return [];
  if (window.kind === 'shown') return ['  Its window is on your screen.'];
  const { url, browserOpened } = window;
  const how = browserOpened
    ? 'Its window is open in your browser. If it is not, open this address (it works once, for 10 minutes):'
    : 'Open its window in a browser on this computer, at this address (it works once, for 10 minutes):';
  return [`  ${how}`, `  ${url}`, '  Again later: npx conexor window'];
}
