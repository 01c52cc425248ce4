/** Cline: below the global storage of the editor that it runs in, and a folder of its own for its command line. */
import { type Base, type ClientProgram, commandAndArgs, type SettingsPlace } from '../client-program.ts';
import { applicationSupport, home, roaming, xdgConfig } from './places.ts';

const storage = 'User/globalStorage/saoudrizwan.claude-dev';
const file = 'settings/cline_mcp_settings.json';
const editors = ['Code', 'Code - Insiders', 'Cursor', 'Windsurf'];

export const cline: ClientProgram = {
  id: 'cline',
  title: 'Cline',
  format: 'json',
  servers: ['mcpServers'],
  places: { darwin: at(applicationSupport), win32: at(roaming), linux: at(xdgConfig) },
  signs: {},
  entry: (relay, connection) => ({ ...commandAndArgs('cline', relay, connection), disabled: false }),
  closeFirst: false,
  reload: 'by-itself',
  // It runs inside its editor.
  processes: {
    darwin: ['Visual Studio Code*', 'Cursor.app', 'Windsurf.app'].map((below) => ({ name: '*', below })),
    win32: ['Code*', 'Cursor', 'Windsurf', 'cline'].map((name) => ({ name })),
    linux: [...['code*', 'cursor', 'windsurf', 'cline'].map((name) => ({ name })), { name: 'node', word: 'cline' }],
  },
  ways: ['file'],
};

function at(base: Base): readonly SettingsPlace[] {
  return [
    ...editors.map((editor) => ({ base, path: `${editor}/${storage}/${file}`, sign: `${editor}/${storage}` })),
    { base: home, path: `.cline/data/${file}`, sign: '.cline' },
  ];
}
