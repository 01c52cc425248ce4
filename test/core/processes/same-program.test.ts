import { describe, expect, it } from 'vitest';
import { isSameProgram } from '../../../electron/core/processes/same-program.ts';

const hash = (letter: string) => letter.repeat(40);

describe('a program that comes from another place', () => {
  it.each([
    ['the same path', '/opt/Claude/claude', '/opt/Claude/claude'],
    ['the same path, spelled as Windows does', 'C:\\Apps\\Claude\\claude.exe', 'c:\\apps\\claude\\Claude.exe'],
    ['Squirrel', 'C:\\U\\AnthropicClaude\\app-0.9.3\\claude.exe', 'C:\\U\\AnthropicClaude\\app-0.14.10\\claude.exe'],
    [
      'MSIX',
      'C:\\Program Files\\WindowsApps\\Claude_1.1.3647.0_x64__pzs8sxrjxfjjc\\app\\claude.exe',
      'C:\\Program Files\\WindowsApps\\Claude_1.2.1.0_x64__pzs8sxrjxfjjc\\app\\claude.exe',
    ],
    ['nvm', '/home/a/.nvm/versions/node/v22.1.0/lib/x/cli.js', '/home/a/.nvm/versions/node/v24.0.0/lib/x/cli.js'],
    [
      'a file named after its version',
      '/home/a/.local/share/claude/versions/2.1.40',
      '/home/a/.local/share/claude/versions/2.1.41',
    ],
    [
      'an extension',
      '/home/a/.vscode/extensions/openai.chatgpt-0.4.1-linux-x64/bin/codex',
      '/home/a/.vscode/extensions/openai.chatgpt-0.5.0-linux-x64/bin/codex',
    ],
    ['snap', '/snap/code/171/usr/share/code/code', '/snap/code/172/usr/share/code/code'],
    [
      'Nix',
      `/nix/store/${'a'.repeat(32)}-claude-1.0.0/bin/claude`,
      `/nix/store/${'b'.repeat(32)}-claude-1.0.1/bin/claude`,
    ],
    ['a commit', `/home/a/.vscode-server/bin/${hash('a')}/node`, `/home/a/.vscode-server/bin/${hash('b')}/node`],
    ['an AppImage with its version', '/home/a/Cursor-0.50.1.AppImage', '/home/a/Cursor-0.51.0.AppImage'],
  ])('is the same: %s', (_, before, after) => {
    expect(isSameProgram({ path: before }, { path: after })).toBe(true);
    expect(isSameProgram({ path: after }, { path: before })).toBe(true);
  });

  it.each([
    ['another folder', '/opt/Claude/claude', '/tmp/Claude/claude'],
    ['another file', '/opt/Claude/claude', '/opt/Claude/clause'],
    ['a folder more', '/opt/Claude/claude', '/opt/Claude/x/claude'],
    ['a number that is no version', '/opt/claude2/claude', '/opt/claude3/claude'],
    ['a version and something else besides', '/opt/app-1.0.0/claude', '/opt/app-1.0.1/evil'],
    ['a version where there was none', '/opt/app/claude', '/opt/app-1.0.1/claude'],
    ['upper and lower case, on Linux', '/opt/Claude/claude', '/opt/claude/claude'],
    ['a snap of another name', '/snap/code/171/code', '/snap/evil/171/code'],
    [
      'a package of another name',
      `/nix/store/${'a'.repeat(32)}-claude-1.0/bin/c`,
      `/nix/store/${'b'.repeat(32)}-evil-1.0/bin/c`,
    ],
  ])('is another: %s', (_, before, after) => {
    expect(isSameProgram({ path: before }, { path: after })).toBe(false);
  });

  it('is judged by its signer where both are known', () => {
    const app = '/Applications/Claude.app';
    const moved = '/Users/ana/Applications/Claude.app';
    const by = (path: string, signer?: string) => ({ path, ...(signer === undefined ? {} : { signer }) });
    expect(isSameProgram(by(app, 'Anthropic'), by(moved, 'Anthropic'))).toBe(true);
    expect(isSameProgram(by(app, 'Anthropic'), by('/Users/ana/Applications/Other.app', 'Anthropic'))).toBe(false);
    expect(isSameProgram(by(app, 'Anthropic'), by(app, 'Somebody'))).toBe(false);
    expect(isSameProgram(by(app, 'Anthropic'), by(app, ''))).toBe(false);
    expect(isSameProgram(by(app, ''), by(app, 'Anthropic'))).toBe(false);
    expect(isSameProgram(by(app, ''), by(moved, ''))).toBe(false);
    expect(isSameProgram(by(app, 'Anthropic'), by(app))).toBe(true);
    expect(isSameProgram(by(app), by(moved, 'Anthropic'))).toBe(false);
  });
});
