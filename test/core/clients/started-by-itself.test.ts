import { describe, expect, it } from 'vitest';
import { isStartedByItself } from '../../../electron/core/clients/started-by-itself.ts';

const seen = (path: string) => ({ pid: 1, path, words: [path] });
const node = seen('/usr/local/bin/node');
const claude = seen('/Applications/Claude.app/Contents/MacOS/Claude');

describe('a relay that says whom it is for', () => {
  it.each([
    ['by the program itself', 'claude-desktop', [node, claude], 'darwin', true],
    ['by something else', 'claude-desktop', [node, seen('/bin/zsh'), seen('/usr/bin/login')], 'darwin', false],
    ['by nobody knows whom', 'claude-desktop', [], 'darwin', undefined],
    ['for a name that is no client’s', 'my script', [node], 'darwin', undefined],
    ['on a system that nobody knows', 'claude-desktop', [node, claude], 'aix', undefined],
  ] as const)('was started %s', (_, client, ancestors, platform, expected) => {
    expect(isStartedByItself(client, ancestors, platform)).toBe(expected);
  });
});
