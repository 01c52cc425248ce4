/**
 * Programs, pause and the window on the command line, where the person wants to be asked: the built programs, a broker
 * of their own, and the practice service. One story, told in order.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import type { ClientUse } from '../../shared/snapshot.ts';
import { ask, type Command, initialize, openTerminal, type Terminal, until } from './terminal.ts';

describe('the command line, asked about programs', () => {
  let terminal: Terminal;
  let practice: PracticeService;
  let assistant: Command;
  beforeAll(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
    await mkdir(terminal.dataDir, { mode: 0o700 });
    await writeFile(join(terminal.dataDir, 'settings.json'), JSON.stringify({ newPrograms: 'ask' }), { mode: 0o600 });
    await terminal.run('start', '--port', '0', '--memory');
    await terminal.connect(
      { allow: true, account: 'acme' },
      practice.resource,
      '--service',
      'practice',
      '--name',
      'sales',
    );
  });
  afterAll(async () => {
    await terminal.stop();
    await practice.stop();
  });

  const programs = async () =>
    (await terminal.json('programs')).value as readonly (ClientUse & { connection: string })[];
  const whoami = (id: number) => ask(assistant, id, 'tools/call', { name: 'whoami', arguments: {} });

  it('asks nobody about the command line itself', async () => {
    expect(await terminal.run('call', 'whoami')).toMatchObject({ code: 0 });
    expect(await terminal.run('call', 'whoami', '--as', 'n8n')).toMatchObject({ code: 0 });
    expect(await programs()).toEqual([]);
    expect((await terminal.run('programs')).stdout).toBe('No program has come for a service yet.\n');
  });

  it('tells who waits, in every list, and how to answer', async () => {
    const words = ['--data', terminal.dataDir, '--client', 'My Assistant', '--connection', 'sales'];
    assistant = terminal.program('relay.cjs', words);
    expect(await ask(assistant, 1, 'initialize', initialize)).toMatchObject({
      result: { instructions: expect.stringContaining('whether My Assistant may use') },
    });
    expect(await whoami(2)).toMatchObject({ error: { data: { fault: 'program-waiting' } } });
    expect(await programs()).toMatchObject([{ name: 'My Assistant', connection: 'sales', access: 'asking' }]);
    const how = "conexor allow 'My Assistant' sales (or: conexor deny 'My Assistant' sales)";
    expect((await terminal.run('programs')).stdout).toMatch(/^My Assistant +sales +Asks +as an app +- +\S/m);
    for (const command of ['programs', 'list']) {
      const line = (await terminal.run(command)).stdout.split('\n').find((one) => one.includes('asks to use sales'));
      // Where the system tells it, with where it comes from.
      expect(line?.replace(/ \([^()]*\) asks/, ' asks')).toBe(`My Assistant asks to use sales: ${how}`);
    }
    const doctor = (await terminal.run('doctor')).stdout;
    expect(doctor).toContain(`note  sales: My Assistant waits for your answer.\n      ${how}`);
    expect((await terminal.run('list')).stdout).toMatch(/^sales .* Connected +-$/m);
  });

  it('allows it, by a name in any case, and the same conversation goes on', async () => {
    expect(await terminal.run('allow', 'my assistant')).toMatchObject({
      code: 0,
      stdout: 'My Assistant may use sales now.\n',
    });
    expect(await whoami(3)).toMatchObject({ result: { content: [{ text: expect.stringContaining('acme') }] } });
    expect(await programs()).toMatchObject([{ access: 'allowed', lastUsedAtMs: expect.any(Number) }]);
    expect((await terminal.run('list')).stdout).toMatch(/^sales .* Connected +My Assistant$/m);
  });

  it('pauses and resumes, one and all, and says where nothing was to be done', async () => {
    const paused = await terminal.run('pause', 'sales');
    expect(paused).toMatchObject({ code: 0, stdout: expect.stringContaining('To go on: conexor resume sales\n') });
    expect((await terminal.run('pause', 'sales')).stdout).toBe('sales was paused already.\n');
    expect(await whoami(4)).toMatchObject({ error: { data: { fault: 'paused' } } });
    expect(await terminal.run('call', 'whoami')).toMatchObject({ code: 1, stdout: '' });
    expect((await terminal.run('list')).stdout).toMatch(/^sales .* Paused /m);
    expect((await terminal.run('doctor')).stdout).toContain(
      'note  sales: is paused: no program has access.\n      conexor resume sales',
    );
    expect((await terminal.json('resume')).value).toEqual({ changed: 1 });
    expect((await terminal.run('resume')).stdout).toBe('Nothing was paused.\n');
    expect(await whoami(5)).toMatchObject({ result: { content: [{ text: expect.stringContaining('acme') }] } });
    expect((await terminal.run('pause')).stdout).toContain('One service paused');
    expect((await terminal.run('resume', '-c', 'sales')).stdout).toContain('sales resumed');
    expect(await terminal.run('pause', 'nothing')).toMatchObject({ code: 1, stdout: '' });
  });

  it('denies it, at one service or everywhere, and ends its key', async () => {
    expect(await terminal.run('deny', 'My Assistant', 'sales')).toMatchObject({
      code: 0,
      stdout: "My Assistant may not use sales. To change that: conexor allow 'My Assistant' sales\n",
    });
    expect(await whoami(6)).toMatchObject({ error: { data: { fault: 'program-refused' } } });
    await terminal.run('url', '--client', 'n8n');
    expect(await terminal.run('deny', 'n8n')).toMatchObject({
      code: 0,
      stdout: 'n8n may not use any service of Conexor.\nIts local key has ended.\n',
    });
    expect((await terminal.run('url', '--client', 'n8n')).stdout).toContain(
      'n8n may not use sales yet: npx conexor allow n8n sales\n',
    );
    expect(await terminal.run('deny', 'nobody')).toMatchObject({ code: 2, stdout: '' });
    expect(await terminal.run('allow')).toMatchObject({ code: 2, stdout: '' });
    expect((await terminal.json('allow', 'n8n', 'sales')).value).toMatchObject([{ name: 'sales' }]);
    expect(await programs()).toMatchObject([
      { name: 'My Assistant', access: 'refused' },
      { name: 'n8n', access: 'allowed' },
    ]);
    assistant.child.stdin?.end();
    expect(await assistant.ended).toMatchObject({ code: 0 });
  });

  it('opens the window by an address that works once', async () => {
    const { value } = await terminal.json('window', '--no-browser');
    expect(value).toEqual({
      kind: 'address',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      browserOpened: false,
    });
    const said = await terminal.run('window', '--no-browser');
    const [line, address = ''] = said.stdout.split('\n');
    expect(line).toBe('Open this address in a browser on this computer (it works once):');
    expect((await fetch(address, { redirect: 'manual' })).status).toBeLessThan(400);
    expect((await fetch(address, { redirect: 'manual' })).status).toBeGreaterThanOrEqual(400);
  });

  it('keeps all of it over a restart only where something is kept', async () => {
    await terminal.run('stop');
    await until(() => terminal.brokers().length === 0);
    expect(await programs()).toEqual([]);
  });
});
