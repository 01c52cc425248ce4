/** Windsurf as it was before it became Devin Desktop (June 2026): a folder of its own below `.codeium`. */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applications, everywhere, home, inSettings } from './places.ts';

export const windsurf: ClientProgram = {
  id: 'windsurf',
  title: 'Windsurf',
  format: 'json',
  servers: ['mcpServers'],
  places: everywhere([{ base: home, path: '.codeium/windsurf/mcp_config.json' }]),
  signs: {
    ...inSettings('Windsurf'),
    darwin: [...inSettings('Windsurf').darwin, { base: applications, path: 'Windsurf.app' }],
  },
  entry: (relay, connection) => commandAndArgs('windsurf', relay, connection),
  closeFirst: false,
  reload: 'restart',
  processes: {
    darwin: [{ name: '*', below: 'Windsurf.app' }],
    win32: [{ name: 'Windsurf' }],
    linux: [{ name: 'windsurf' }],
  },
  ways: ['file'],
};
