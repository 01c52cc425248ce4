/** What the broker tells a window, with what a test wants different in it. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import type { WindowState } from '../../shared/window.ts';

interface Change {
  readonly snapshot?: Partial<WindowState['snapshot']>;
  readonly settings?: Partial<WindowState['settings']>;
  readonly app?: Partial<WindowState['app']>;
  readonly missing?: WindowState['missing'];
}

export function stateOf(connections: readonly ConnectionView[], change: Change = {}): WindowState {
  return {
    snapshot: {
      generation: 1,
      vault: { kind: 'keychain' },
      connections: [...connections],
      pendingRevocations: [],
      questions: [],
      localClients: [],
      ...change.snapshot,
    },
    settings: {
      language: 'system',
      theme: 'system',
      containers: false,
      firstRunDone: true,
      trayNoticeGiven: true,
      ...change.settings,
    },
    app: {
      kind: 'desktop',
      version: '0.1.0',
      system: 'linux',
      language: 'en',
      dataDir: '/home/ana/.local/share/conexor-desktop',
      httpUrl: 'http://127.0.0.1:4717',
      keychain: 'GNOME Keyring',
      relayCommand: ['node', '/home/ana/Conexor Desktop/dist/relay.cjs'],
      tray: true,
      startAtLogin: 'off',
      newPrograms: 'ask',
      ...change.app,
    },
    missing: change.missing ?? [],
  };
}
