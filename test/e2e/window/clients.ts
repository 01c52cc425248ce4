/** Apps that Conexor can add itself to, in every state, and what they would have changed: as the broker tells it. */
import type { ClientView, PlannedChange } from '../../../shared/clients.ts';
import type { Answers } from '../../fakes/scripted-window.ts';

export const claudeFile = '/home/ana/.config/Claude/claude_desktop_config.json';
export const backup = `${claudeFile}.conexor-20261121-101500.bak`;

export function clientOf(id: ClientView['id'], title: string, change: Partial<ClientView> = {}): ClientView {
  return {
    id,
    title,
    state: 'not-added',
    verdict: 'not-added',
    closeFirst: false,
    reload: 'restart',
    ways: ['file'],
    files: [{ path: `/home/ana/.${id}/mcp.json`, exists: true, entries: [], missing: [], backups: [] }],
    restores: false,
    ...change,
  };
}

type File = ClientView['files'][number];

export function claudeWith(change: Partial<ClientView> = {}, file: Partial<File> = {}): ClientView {
  return clientOf('claude-desktop', 'Claude Desktop', {
    closeFirst: true,
    running: false,
    ways: ['file', 'bundle'],
    files: [{ path: claudeFile, exists: true, entries: [], missing: [], backups: [], ...file }],
    ...change,
  });
}

const own = { entries: [{ name: 'conexor' }], backups: [backup], undo: 'bytes' } as const;
const standing: Partial<File> = { ...own, entries: [...own.entries], backups: [...own.backups] };

/** With its entry in its file. */
export function claudeAdded(change: Partial<ClientView> = {}): ClientView {
  return claudeWith({ state: 'added', verdict: 'start', ...change }, standing);
}

/** It has started Conexor five minutes ago, and will have for half a minute yet. */
export function claudeConnected(change: Partial<ClientView> = {}): ClientView {
  const startedAtMs = Date.now() - 5.5 * 60_000;
  return claudeAdded({ state: 'connected', verdict: 'connected', running: true, startedAtMs, ...change });
}

export const claudeMissing = claudeWith(
  { state: 'missing', verdict: 'entry-missing' },
  { missing: [{ name: 'conexor' }], backups: [backup] },
);

export const cursorApp = clientOf('cursor', 'Cursor', { ways: ['link', 'file'], reload: 'by-itself' });
export const codex = clientOf('codex', 'Codex', { ways: ['command', 'file'] });
export const n8n = clientOf('n8n', 'n8n', { ways: ['copy'], files: [], reload: 'by-itself' });
export const absent = clientOf('zed', 'Zed', { state: 'not-found', verdict: 'not-found', files: [] });

export const plan: PlannedChange = {
  path: claudeFile,
  what: 'change',
  copy: true,
  seen: 'seen-1',
  lines: [
    { kind: 'removed', line: 4, text: '  }' },
    { kind: 'added', line: 4, text: '  },' },
    { kind: 'added', line: 5, text: '  "mcpServers": {' },
    { kind: 'added', line: 6, text: '    "conexor": {' },
    { kind: 'added', line: 7, text: '      "command": "/usr/bin/node",' },
    {
      kind: 'added',
      line: 8,
      text: '      "args": ["/home/ana/.local/share/conexor-desktop/relay/relay.cjs", "--client", "claude-desktop", "--connection", "_all"]',
    },
    { kind: 'added', line: 9, text: '    }' },
    { kind: 'added', line: 10, text: '  }' },
  ],
};

/** An app that does as it is told, one change after the other. */
export function answersOf(
  first: ClientView,
  after: ClientView = claudeAdded(),
): Answers & { readonly now: () => ClientView } {
  let view = first;
  const changed = (next: ClientView) => {
    view = next;
    return { client: view, changed: [{ path: claudeFile, backup }], failed: [] };
  };
  return {
    now: () => view,
    clients: () => ({ clients: [view] }),
    verifyClient: () => view,
    planClient: () => ({ changes: [plan], closeFirst: first.closeFirst }),
    addClient: () => changed(after),
    removeClient: () => changed(claudeWith()),
    undoClient: () => changed(claudeWith()),
    setClientRestores: ({ on }) => {
      view = { ...view, restores: on };
      return view;
    },
    openClient: () => ({ way: 'bundle', path: '/home/ana/.local/share/conexor-desktop/conexor.mcpb', opened: true }),
  };
}
