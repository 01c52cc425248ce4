/** LM Studio: Cursor's notation, in one of two folders (lmstudio.ai/docs/app/mcp). */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applications, everywhere, home } from './places.ts';

export const lmStudio: ClientProgram = {
  id: 'lm-studio',
  title: 'LM Studio',
  format: 'json',
  servers: ['mcpServers'],
  places: everywhere([
    { base: home, path: '.lmstudio/mcp.json', preferred: true },
    { base: home, path: '.cache/lm-studio/mcp.json' },
  ]),
  signs: { darwin: [{ base: applications, path: 'LM Studio.app' }] },
  entry: (relay, connection) => commandAndArgs('lm-studio', relay, connection),
  closeFirst: false,
  reload: 'by-itself',
  processes: {
    darwin: [{ name: '*', below: 'LM Studio.app' }],
    win32: [{ name: 'LM Studio' }],
    linux: [{ name: 'lm-studio' }, { name: 'lm-studio', below: '.mount_LM*' }],
  },
  ways: ['file', 'link'],
  link: (name, entry) => {
    const config = Buffer.from(JSON.stringify(entry), 'utf8').toString('base64');
    return `lmstudio://add_mcp?name=${encodeURIComponent(name)}&config=${encodeURIComponent(config)}`;
  },
};
