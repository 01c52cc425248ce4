/**
 * Claude Code. Its servers stand in `.claude.json`, where it also keeps the state of every session: its own command is
 * the better way in (CLIENTS.md 1.3).
 */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { everywhere, home } from './places.ts';

const place = {
  base: { variable: 'CLAUDE_CONFIG_DIR', belowHome: '' },
  path: '.claude.json',
  sign: '.claude',
} as const;
const versions = { name: '*', below: 'versions', word: 'claude' } as const;

export const claudeCode: ClientProgram = {
  id: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  servers: ['mcpServers'],
  places: everywhere([place]),
  signs: everywhere([
    { base: home, path: '.claude' },
    { base: home, path: '.local/share/claude' },
  ]),
  entry: (relay, connection) => ({ type: 'stdio', ...commandAndArgs('claude-code', relay, connection), env: {} }),
  closeFirst: false,
  reload: 'new-session',
  processes: {
    darwin: [{ name: 'claude', below: '.local' }, { name: 'claude', below: 'bin' }, versions, nodeScript()],
    win32: [{ name: 'claude', below: '.local' }, nodeScript()],
    linux: [{ name: 'claude' }, versions, nodeScript()],
  },
  ways: ['command', 'file'],
  command: {
    program: 'claude',
    // Flags come before the name.
    add: (name, relay) => ['mcp', 'add', '--scope', 'user', name, '--', ...relay],
    remove: (name) => ['mcp', 'remove', '--scope', 'user', name],
  },
};

/** Installed with npm. */
function nodeScript() {
  return { name: 'node', word: 'claude-code' } as const;
}
