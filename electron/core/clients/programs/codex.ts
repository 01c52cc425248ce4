/** Codex, on the command line, in the ChatGPT app and in editors: one TOML file for all (developers.openai.com/codex/mcp). */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { everywhere } from './places.ts';

export const codex: ClientProgram = {
  id: 'codex',
  title: 'Codex',
  format: 'toml',
  servers: ['mcp_servers'],
  places: everywhere([{ base: { variable: 'CODEX_HOME', belowHome: '.codex' }, path: 'config.toml' }]),
  signs: {},
  entry: (relay, connection) => commandAndArgs('codex', relay, connection),
  closeFirst: false,
  reload: 'restart',
  processes: {
    darwin: [{ name: 'codex*' }, { name: '*', below: 'Codex.app' }, { name: 'node', word: 'codex' }],
    win32: [{ name: 'codex*' }, { name: 'node', word: 'codex' }],
    linux: [{ name: 'codex*' }, { name: 'node', word: 'codex' }],
  },
  ways: ['file', 'command'],
  command: {
    program: 'codex',
    add: (name, relay) => ['mcp', 'add', name, '--', ...relay],
    remove: (name) => ['mcp', 'remove', name],
  },
};
