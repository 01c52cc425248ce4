/** Zed: JSON with comments, on macOS where it is on Linux (zed.dev/docs/configuring-zed, zed.dev/docs/ai/mcp). */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applications, home, roaming, xdgConfig } from './places.ts';

export const zed: ClientProgram = {
  id: 'zed',
  title: 'Zed',
  format: 'json',
  servers: ['context_servers'],
  places: {
    darwin: [{ base: home, path: '.config/zed/settings.json' }],
    win32: [{ base: roaming, path: 'Zed/settings.json' }],
    linux: [{ base: xdgConfig, path: 'zed/settings.json' }],
  },
  signs: {
    darwin: [{ base: applications, path: 'Zed.app' }],
    linux: [{ base: home, path: '.local/zed.app' }],
  },
  entry: (relay, connection) => ({ source: 'custom', ...commandAndArgs('zed', relay, connection), env: {} }),
  closeFirst: false,
  reload: 'by-itself',
  processes: {
    darwin: [{ name: 'zed', below: 'Zed.app' }],
    win32: [{ name: 'Zed' }],
    linux: [{ name: 'zed' }, { name: 'zed-editor' }, { name: 'zeditor' }],
  },
  ways: ['file'],
};
