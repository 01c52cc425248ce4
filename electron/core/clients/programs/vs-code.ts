/**
 * VS Code and its Insiders build: `mcp.json` beside the settings, one for each profile, with the key `servers`
 * (code.visualstudio.com/docs/reference/mcp-configuration).
 */
import type { ClientId } from '../../../../shared/clients.ts';
import { type ClientProgram, commandAndArgs, type ProcessMark } from '../client-program.ts';
import { applicationSupport, applications, roaming, xdgConfig } from './places.ts';

interface Edition {
  readonly id: ClientId;
  readonly title: string;
  /** Of its folder of settings. */
  readonly folder: string;
  readonly scheme: string;
  readonly command: string;
  readonly app: string;
  readonly processes: { readonly win32: readonly ProcessMark[]; readonly linux: readonly ProcessMark[] };
}

export const vsCode = edition({
  id: 'vs-code',
  title: 'VS Code',
  folder: 'Code',
  scheme: 'vscode',
  command: 'code',
  app: 'Visual Studio Code.app',
  processes: { win32: [{ name: 'Code' }], linux: [{ name: 'code' }] },
});

export const vsCodeInsiders = edition({
  id: 'vs-code-insiders',
  title: 'VS Code Insiders',
  folder: 'Code - Insiders',
  scheme: 'vscode-insiders',
  command: 'code-insiders',
  app: 'Visual Studio Code - Insiders.app',
  processes: { win32: [{ name: 'Code - Insiders' }], linux: [{ name: 'code-insiders' }] },
});

function edition({ id, title, folder, scheme, command, app, processes }: Edition): ClientProgram {
  const at = (base: typeof xdgConfig) => [
    { base, path: `${folder}/User/mcp.json` },
    // A profile without one of its own may share another's.
    { base, path: `${folder}/User/profiles/*/mcp.json`, existingOnly: true },
  ];
  const sign = (base: typeof xdgConfig) => ({ base, path: folder });
  return {
    id,
    title,
    format: 'json',
    servers: ['servers'],
    places: { darwin: at(applicationSupport), win32: at(roaming), linux: at(xdgConfig) },
    signs: {
      darwin: [sign(applicationSupport), { base: applications, path: app }],
      win32: [sign(roaming)],
      linux: [sign(xdgConfig)],
    },
    entry: (relay, connection) => ({ type: 'stdio', ...commandAndArgs(id, relay, connection) }),
    closeFirst: false,
    reload: 'start-server',
    processes: { darwin: [{ name: '*', below: app }], ...processes },
    ways: ['file', 'link', 'command'],
    link: (name, entry) => `${scheme}:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...entry }))}`,
    command: {
      program: command,
      add: (name, [program, ...args]) => ['--add-mcp', JSON.stringify({ name, type: 'stdio', command: program, args })],
    },
  };
}
