/**
 * Computers that a person does not sit at, and programs that are not on one: sign-ins over SSH, where no browser can come
 * back, and containers. The built command line, a broker of its own, oidc-provider and the practice service.
 */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { type OidcProvider, startOidcProvider } from '../fakes/oidc-provider.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../fakes/protected-mcp-server.ts';
import { atTerminal, hasTerminals } from './at-terminal.ts';
import { openTerminal, type Terminal, until } from './terminal.ts';

let folder: string;
let terminal: Terminal;
let notes: ProtectedMcpServer;
let oidc: OidcProvider;
let practice: PracticeService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-ssh-'));
  // Here sits nobody who could see it: whoever calls it leaves a mark.
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\necho "$1" >>'${folder}/opened'\n`);
  await chmod(browser, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
    SSH_CONNECTION: '203.0.113.7 50022 192.0.2.1 22',
    CONEXOR_BROWSER: browser,
  };
  for (const name of Object.keys(env)) if (/^(DISPLAY|WAYLAND_DISPLAY|WSL_|CONEXOR_DATA)/.test(name)) delete env[name];
  [terminal, notes, practice] = await Promise.all([openTerminal(env), startProtectedMcpServer(), startPractice()]);
  oidc = await startOidcProvider({ resource: notes.resource, device: true });
  await notes.trust(oidc.issuer);
  await terminal.run('start', '--port', '0', '--memory');
});
afterAll(async () => {
  await terminal?.stop();
  await Promise.all([notes?.stop(), oidc?.close(), practice?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

describe('over SSH, where no browser can come back', () => {
  it.skipIf(!hasTerminals)('the address at which it ended is pasted, and that finishes the sign-in', async () => {
    const person = atTerminal(terminal, 'connect', notes.resource, '--name', 'notes');
    await until(() => person.screen().includes('paste the address'), 'the question');
    const [address = ''] = /http:\/\/\S+[?&]response_type=\S+/.exec(person.screen()) ?? [];
    const port = new URL(new URL(address).searchParams.get('redirect_uri') ?? '').port;
    expect(person.screen()).toContain('You are connected from another computer.');
    expect(person.screen()).toMatch(new RegExp(`ssh -N -L ${port}:127\\.0\\.0\\.1:${port} \\S+@192\\.0\\.2\\.1`));
    expect(person.screen()).toContain('npx conexor connect notes --way device-code');
    // Their browser stands before a page that does not open: nothing comes back but what they copy from it.
    const landed = await oidc.consent(new URL(address));
    await person.when('paste the address', `${landed.href}\r`);
    expect(await person.ended).toBe(0);
    expect(person.screen()).toContain('Signed in as');
    expect((await terminal.run('tools', '-c', 'notes')).code).toBe(0);
    expect((await terminal.run('remove', 'notes')).code).toBe(0);
    expect(await readdir(folder)).toEqual(['browser']);
  });

  it('without a terminal, the words name the command that takes it', async () => {
    const command = terminal.begin(['connect', notes.resource, '--name', 'notes']);
    const [address] = await command.says(/http:\/\/\S+[?&]response_type=\S+/);
    await command.says(/Give the address of that page to: npx conexor finish -c notes\n/);
    const landed = await oidc.consent(new URL(address));
    const finish = terminal.begin(['finish', '-c', 'notes']);
    finish.child.stdin?.end(`${landed.href}\n`);
    expect(await finish.ended).toMatchObject({ code: 0 });
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await terminal.run('remove', 'notes')).code).toBe(0);
  });

  it('a code typed elsewhere finishes it too', async () => {
    const command = terminal.begin(['connect', notes.resource, '--name', 'notes', '--way', 'device-code']);
    const [, page = ''] = await command.says(/^Page: {2}(\S+)$/m);
    const [, code = ''] = await command.says(/^Code: {2}(\S+)$/m);
    expect(await oidc.typeCode(page, code)).not.toContain('error');
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await terminal.run('tools', '-c', 'notes')).code).toBe(0);
    expect((await terminal.run('remove', 'notes')).code).toBe(0);
  });
});

describe('containers', () => {
  /** The status of a handshake, as a program in a container of Docker's own machine asks. */
  const asked = (url: string, key: string, host = new URL(url).host) =>
    new Promise<number>((resolve, reject) => {
      const { port, pathname } = new URL(url);
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'n8n', version: '1' } },
      });
      const headers = {
        host,
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      };
      const options = { host: '127.0.0.1', port, path: pathname, method: 'POST', headers, agent: false };
      const sent = request(options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end(body);
    });
  const keyFor = async (...words: string[]) =>
    (await terminal.json('url', 'sales', '--client', 'n8n', ...words)).value as {
      readonly name: string;
      readonly url: string;
      readonly key: string;
    };

  it('reach a service only after an explicit choice, with a key of their own, until it is taken back', async () => {
    await terminal.connect(
      { allow: true, account: 'acme' },
      practice.resource,
      '--service',
      'practice',
      '--name',
      'sales',
    );
    expect((await terminal.run('containers')).stdout).toBe(
      'Programs in containers cannot reach Conexor.\nTo let them in: npx conexor containers on\n',
    );
    expect(await terminal.run('url', 'sales', '--client', 'n8n', '--container')).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'Programs in containers cannot reach Conexor: that is switched off.\nSwitch it on: npx conexor containers on\n',
    });
    const here = await keyFor();
    expect(await asked(here.url, here.key)).toBe(200);

    expect((await terminal.run('containers', 'on')).stdout).toContain(
      'Address inside the container: http://host.docker',
    );
    const inside = await keyFor('--container');
    expect(inside).toMatchObject({ name: 'n8n@container', url: here.url.replace('127.0.0.1', 'host.docker.internal') });
    expect(await asked(inside.url, inside.key)).toBe(200);
    expect(await asked(inside.url, here.key)).toBe(401);
    expect(await asked(here.url, inside.key)).toBe(401);
    expect(await asked(inside.url, inside.key, `evil.example:${new URL(inside.url).port}`)).toBe(403);
    const all = (await terminal.json('url', '_all', '--client', 'n8n', '--container')).value as typeof inside;
    expect(all).toEqual({ ...inside, url: inside.url.replace(/sales$/, '_all') });
    expect(await asked(all.url, all.key)).toBe(200);
    expect((await terminal.run('programs')).stdout).toMatch(/^n8n@container +sales +Allowed +over HTTP/m);

    expect((await terminal.run('containers', 'off')).stdout).toMatch(/^Switched off\./);
    expect(await asked(inside.url, inside.key)).toBe(403);
    expect(await asked(here.url, here.key)).toBe(200);
  });
});
