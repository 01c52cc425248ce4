/** Devin Desktop, as Windsurf is called since June 2026: other folders, the same entries. */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applications, home, roaming } from './places.ts';

const file = 'devin/mcp_config.json';
/** Below the home folder, as it is documented, whatever XDG says. */
const belowHome = { base: home, path: `.config/${file}` } as const;

export const devin: ClientProgram = {
  id: 'devin',
  title: 'Devin Desktop',
  format: 'json',
  servers: ['mcpServers'],
  places: { darwin: [belowHome], win32: [{ base: roaming, path: file }], linux: [belowHome] },
  signs: { darwin: [{ base: applications, path: 'Devin.app' }] },
  entry: (relay, connection) => commandAndArgs('devin', relay, connection),
  closeFirst: false,
  reload: 'restart',
  processes: {
    darwin: [{ name: '*', below: 'Devin.app' }],
    win32: [{ name: 'Devin*' }],
    linux: [{ name: 'devin*' }],
  },
  ways: ['file'],
};
