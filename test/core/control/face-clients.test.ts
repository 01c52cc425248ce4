/** The window's questions about other programs' settings: passed on as they are; files shown are only those it was told of. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { FaceNeeds } from '../../../electron/core/control/create-face.ts';
import { type ClientFaceHandlers, clientFaceHandlers } from '../../../electron/core/control/face-client-handlers.ts';

const path = '/home/ada/.config/Claude/claude_desktop_config.json';
const claude = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  ways: ['file', 'bundle'],
  files: [{ path, backups: [`${path}.1.bak`] }],
};

let shown: string[];
let asked: unknown[];
let handlers: ClientFaceHandlers;

function build(more: object, host: object = { showFile: async (file: string) => void shown.push(file) }): void {
  handlers = clientFaceHandlers({ handlers: more, host } as unknown as FaceNeeds);
}

beforeEach(() => {
  shown = [];
  asked = [];
  build({
    clients: async () => ({ clients: [claude] }),
    openClient: async (argument: unknown) => {
      asked.push(argument);
      return { way: 'bundle', path: '/data/conexor.mcpb', opened: false };
    },
  });
});

describe('a file of another program', () => {
  it.each([path, `${path}.1.bak`, '/data/conexor.mcpb'])('%s is shown in its folder', async (file) => {
    expect(await handlers.showClientFile({ client: 'claude-desktop', path: file })).toEqual({ shown: true });
    expect(shown).toEqual([file]);
  });

  it('of nobody, or of another program, is not, and nothing is opened to find that out', async () => {
    for (const [client, file] of [
      ['claude-desktop', '/etc/passwd'],
      ['cursor', path],
    ] as const) {
      await expect(handlers.showClientFile({ client, path: file })).rejects.toMatchObject({ code: 'input-invalid' });
    }
    expect(shown).toEqual([]);
    expect(asked).toEqual([{ client: 'claude-desktop', way: 'bundle', open: false }]);
  });

  it('where there is no screen for it, that is said', async () => {
    build({ clients: async () => ({ clients: [claude] }) }, {});
    expect(await handlers.showClientFile({ client: 'claude-desktop', path })).toEqual({ shown: false });
  });
});

it('what this host cannot do fails plainly', () => {
  build({});
  expect(() => handlers.clients({})).toThrow(expect.objectContaining({ code: 'internal' }));
});
