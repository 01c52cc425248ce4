/**
 * Who may import whom, as a table: the rooms of ARCHITECTURE.md. A new folder under electron/ or electron/core/ is a
 * new line here and in biome.json, or the tests say so.
 */

const platform = 'electron/core/platform.ts';
export const secret = 'electron/core/vault/secret.ts';
const core = (...names: string[]) => names.map((name) => `electron/core/${name}/`);

/**
 * Room → what it may import besides itself and packages. A room is a folder (with a slash at its end) or a file; the
 * longest name that fits is a file's room. `types:` before a name allows `import type` only.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'shared/': [],
  'renderer/': ['shared/'],
  'electron/preload.ts': ['shared/'],
  'electron/relay.ts': ['shared/', 'electron/core/bridge/socket-path.ts', 'electron/relay/'],
  'electron/relay/': ['electron/core/bridge/socket-path.ts'],
  'electron/broker-process.ts': ['shared/', 'electron/core/bridge/socket-path.ts'],
  [platform]: ['shared/', 'electron/core/vault/secret-store.ts'],
  'electron/core/oauth/': ['shared/', platform, secret, ...core('services')],
  'electron/core/services/': ['shared/', platform, secret, ...core('oauth')],
  'electron/core/vault/': ['shared/', platform],
  'electron/core/credentials/': ['shared/', platform, ...core('oauth', 'services', 'vault')],
  'electron/core/broker/': ['shared/', platform, ...core('oauth', 'services', 'vault', 'credentials', 'processes')],
  'electron/core/bridge/': [
    'shared/',
    platform,
    ...core('oauth', 'services', 'vault', 'credentials', 'processes', 'broker'),
  ],
  'electron/core/clients/': [
    'shared/',
    platform,
    ...core('oauth', 'services', 'vault', 'credentials', 'processes', 'broker'),
  ],
  'electron/core/settings/': ['shared/', platform],
  'electron/core/processes/': ['shared/', platform],
  'electron/core/control/': [
    'shared/',
    platform,
    ...core('oauth', 'services', 'vault', 'credentials', 'broker', 'bridge', 'clients', 'settings', 'processes'),
  ],
  'electron/core/window/': ['shared/', platform, 'electron/core/control/face.ts'],
  'electron/core/': ['shared/'],
  'electron/practice/': ['shared/'],
  'electron/cli/': ['shared/', 'electron/core/control/', 'electron/core/bridge/socket-path.ts', 'host:'],
  'electron/shell/': ['shared/', 'types:electron/core/', 'host:'],
  'electron/': ['shared/', 'package.json'],
};

/** Room → the packages it may not have; `only` turns the list round. `node:` stands for Node's own modules. */
const packages: Readonly<Record<string, { readonly not?: readonly string[]; readonly only?: readonly string[] }>> = {
  'shared/': { only: ['zod'] },
  'renderer/': { not: ['node:', 'electron'] },
  'electron/relay.ts': { only: ['node:'] },
  'electron/relay/': { only: ['node:'] },
  'electron/broker-process.ts': { only: ['node:'] },
  'electron/practice/': { not: ['electron'] },
  ...Object.fromEntries(
    Object.keys(rooms)
      .filter((room) => room.startsWith('electron/core/'))
      .map((room) => [room, { not: ['electron'] }]),
  ),
};

export function roomOf(path: string): string {
  const fitting = Object.keys(rooms).filter((room) => (room.endsWith('/') ? path.startsWith(room) : path === room));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? '';
}

/** 'type' means: as `import type` only. */
export function mayImport(from: string, to: string): boolean | 'type' {
  const room = roomOf(from);
  if (room === '') return false;
  // A room ends where a smaller one begins, except that electron/core/start.ts and the programs stand above theirs.
  if (to.startsWith(room) && (roomOf(to) === room || room === 'electron/' || room === 'electron/core/')) return true;
  for (const allowed of rooms[room] ?? []) {
    if (allowed === 'host:' && /^electron\/[^/]+$/.test(to)) return true;
    if (allowed.startsWith('types:') && to.startsWith(allowed.slice(6))) return 'type';
    if (allowed.endsWith('/') ? to.startsWith(allowed) : to === allowed) return true;
  }
  return false;
}

export function mayHave(from: string, specifier: string): boolean {
  const rule = packages[roomOf(from)];
  const fits = (name: string) => (name === 'node:' ? specifier.startsWith('node:') : specifier.split('/')[0] === name);
  if (rule?.only) return rule.only.some(fits);
  return !rule?.not?.some(fits);
}
