/**
 * Claude Desktop. It starts programs only: an entry with a `url`, as dashboards hand out, it skips. Its file is read at
 * start, and holds its own settings as well.
 */
import type { ProgramFile } from './program-file.ts';

const file = 'claude_desktop_config.json';

export const claudeDesktop: ProgramFile = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  servers: 'mcpServers',
  places: {
    darwin: [{ base: { belowHome: 'Library/Application Support' }, path: `Claude/${file}` }],
    win32: [
      // The packaged app has a folder of its own; the classic one may be there beside it.
      {
        base: { variable: 'LOCALAPPDATA', belowHome: 'AppData/Local' },
        path: `Packages/Claude_*/LocalCache/Roaming/Claude/${file}`,
      },
      { base: { variable: 'APPDATA', belowHome: 'AppData/Roaming' }, path: `Claude/${file}` },
    ],
    linux: [{ base: { variable: 'XDG_CONFIG_HOME', belowHome: '.config' }, path: `Claude/${file}` }],
  },
};
