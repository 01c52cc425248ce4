/**
 * Gemini CLI (geminicli.com/docs/tools/mcp-server). Its default would end a call that waits for a person's answer later
 * than most, so its own ten minutes are said outright.
 */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { everywhere, home } from './places.ts';

/** In milliseconds, as its documentation has it. */
const timeout = 600_000;

export const geminiCli: ClientProgram = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  format: 'json',
  servers: ['mcpServers'],
  places: everywhere([{ base: home, path: '.gemini/settings.json' }]),
  signs: {},
  entry: (relay, connection) => ({ ...commandAndArgs('gemini-cli', relay, connection), timeout, trust: false }),
  closeFirst: false,
  reload: 'restart',
  processes: everywhere([{ name: 'gemini' }, { name: 'node', word: 'gemini*' }]),
  ways: ['file', 'command'],
  command: {
    program: 'gemini',
    // What begins with a hyphen is its own option before `--`, and the server's behind it.
    add: (name, [program = '', script = '', ...args]) => [
      'mcp',
      'add',
      '--scope',
      'user',
      '--timeout',
      String(timeout),
      name,
      program,
      script,
      '--',
      ...args,
    ],
    remove: (name) => ['mcp', 'remove', '--scope', 'user', name],
  },
};
