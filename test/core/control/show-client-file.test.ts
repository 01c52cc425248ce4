/** A file of another program is shown in its folder only where the window was told of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { showClientFile } from '../../../electron/core/control/show-client-file.ts';

type Needs = Parameters<typeof showClientFile>[0];

const path = '/home/ada/.config/Claude/claude_desktop_config.json';
const claude = { id: 'claude-desktop', ways: ['file', 'bundle'], files: [{ path, backups: [`${path}.1.bak`] }] };

let shown: string[];
let asked: unknown[];
const handlers = {
  clients: async () => ({ clients: [claude] }),
  openClient: async (argument: unknown) => {
    asked.push(argument);
    return { way: 'bundle', path: '/data/conexor.mcpb', opened: false };
  },
} as unknown as Needs['handlers'];
const host = { showFile: async (file: string) => void shown.push(file) };

beforeEach(() => {
  shown = [];
  asked = [];
});

describe('a file of another program', () => {
  it.each([path, `${path}.1.bak`, '/data/conexor.mcpb'])('%s is shown in its folder', async (file) => {
    const answer = await showClientFile({ handlers, host }, { client: 'claude-desktop', path: file });
    expect(answer).toEqual({ shown: true });
    expect(shown).toEqual([file]);
  });

  it('of nobody, or of another program, is not, and nothing is opened to find that out', async () => {
    for (const [client, file] of [
      ['claude-desktop', '/etc/passwd'],
      ['cursor', path],
    ] as const) {
      const answer = showClientFile({ handlers, host }, { client, path: file });
      await expect(answer).rejects.toMatchObject({ code: 'input-invalid' });
    }
    expect(shown).toEqual([]);
    expect(asked).toEqual([{ client: 'claude-desktop', way: 'bundle', open: false }]);
  });

  it('where there is no screen for it, that is said', async () => {
    const answer = await showClientFile({ handlers, host: {} }, { client: 'claude-desktop', path });
    expect(answer).toEqual({ shown: false });
  });
});
