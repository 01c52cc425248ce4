import { describe, expect, it } from 'vitest';
import { knownProgram } from '../../../electron/core/processes/known-program.ts';

const seen = (path: string, file?: string, image?: string) => ({
  pid: 1,
  path,
  words: [path, ...(file === undefined ? [] : [file])],
  ...(image === undefined ? {} : { image }),
});
const relay = seen('/usr/bin/node', '/home/ana/.local/share/conexor/bin/relay.cjs');

describe('the program that a person knows', () => {
  it.each([
    ['an app', [relay, seen('/usr/lib/claude-desktop/claude-desktop')], '/usr/lib/claude-desktop/claude-desktop'],
    ['behind a shell', [relay, seen('/usr/bin/bash'), seen('/opt/Cursor/cursor')], '/opt/Cursor/cursor'],
    [
      'behind npx',
      [relay, seen('/usr/bin/dash'), seen('/usr/bin/node', '/usr/lib/node_modules/npm/bin/npx-cli.js'), seen('/opt/x')],
      '/opt/x',
    ],
    [
      'behind cmd.exe',
      [
        seen('C:\\nodejs\\node.exe', 'C:\\c\\relay.cjs'),
        seen('C:\\Windows\\System32\\cmd.exe'),
        seen('C:\\A\\claude.exe'),
      ],
      'C:\\A\\claude.exe',
    ],
    [
      'a helper of an app',
      [relay, seen('/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper')],
      '/Applications/Claude.app',
    ],
    [
      'an app that runs the relay inside of itself',
      [
        seen('/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper'),
        seen('/sbin/launchd'),
      ],
      '/Applications/Claude.app',
    ],
    [
      'a file that node runs',
      [relay, seen('/usr/bin/node', '/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js')],
      '/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js',
    ],
    ['a file that node runs, by a name alone', [relay, seen('/usr/bin/node', 'server.js')], '/usr/bin/node'],
    [
      'an AppImage',
      [relay, seen('/tmp/.mount_CursorAbCdEf/usr/share/cursor/cursor', undefined, '/home/ana/Apps/Cursor.AppImage')],
      '/home/ana/Apps/Cursor.AppImage',
    ],
    [
      'a terminal',
      [relay, seen('/usr/bin/zsh'), seen('/usr/libexec/gnome-terminal-server'), seen('/usr/lib/systemd/systemd')],
      '/usr/libexec/gnome-terminal-server',
    ],
    [
      'nobody: only the system',
      [relay, seen('/usr/bin/bash'), seen('/usr/lib/systemd/systemd'), seen('/opt/x')],
      undefined,
    ],
    ['nobody: the relay alone', [relay], undefined],
    ['nobody: nothing is told', [], undefined],
  ])('is %s', (_, ancestors, path) => {
    expect(knownProgram(ancestors)).toBe(path);
  });
});
