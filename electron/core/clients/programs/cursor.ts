/** Cursor. It asks by a link of its own, whose entry is base64 of JSON (cursor.com/docs/mcp/install-links). */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applications, everywhere, home, inSettings } from './places.ts';

export const cursor: ClientProgram = {
  id: 'cursor',
  title: 'Cursor',
  format: 'json',
  servers: ['mcpServers'],
  places: everywhere([{ base: home, path: '.cursor/mcp.json' }]),
  signs: {
    ...inSettings('Cursor'),
    darwin: [...inSettings('Cursor').darwin, { base: applications, path: 'Cursor.app' }],
  },
  entry: (relay, connection) => ({ ...commandAndArgs('cursor', relay, connection), env: {} }),
  closeFirst: false,
  reload: 'restart',
  processes: {
    darwin: [{ name: 'Cursor*', below: 'Cursor.app' }],
    win32: [{ name: 'Cursor' }],
    linux: [{ name: 'cursor' }, { name: 'cursor*', below: '.mount_cursor*' }],
  },
  ways: ['file', 'link'],
  link: (name, entry) =>
    `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(base64(entry))}`,
};

function base64(entry: object): string {
  return Buffer.from(JSON.stringify(entry), 'utf8').toString('base64');
}
