/**
 * What the command line says of accounts: how long each stays signed in, and what to do where none is in use. The built
 * programs, a broker that keeps nothing, and the practice service. One story, told in order.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { openTerminal, type Terminal } from './terminal.ts';

describe('the command line, about accounts', () => {
  let terminal: Terminal;
  let practice: PracticeService;
  beforeAll(async () => {
    [terminal, practice] = await Promise.all([openTerminal(), startPractice()]);
    await terminal.run('start', '--port', '0', '--memory');
    const service = [practice.resource, '--service', 'practice', '--name', 'sales'];
    await terminal.connect({ allow: true, account: 'acme' }, ...service);
    await terminal.connect({ allow: true, account: 'globex' }, practice.resource, '--another');
  });
  afterAll(async () => {
    await terminal.stop();
    await practice.stop();
  });

  const toUse = "npx conexor use 'ana.torres@acme.example (acme)' -c sales";

  it('promises no more than a broker without a keychain can keep', async () => {
    for (const words of [['accounts'], ['accounts', 'sales']]) {
      const { stdout } = await terminal.run(...words);
      expect(stdout).toMatch(/\* ana\.torres@acme\.example \(acme\) {2}Stays signed in until Conexor stops {2}/);
      expect(stdout).toMatch(/ ana\.torres@globex\.example \(globex\) {2}Stays signed in until Conexor stops {2}/);
    }
  });

  it('says why a new name is not taken: another account has it, or it is empty', async () => {
    const taken = await terminal.run('rename', 'ana.torres@acme', 'Ana.Torres@globex.example (globex)');
    expect(taken).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Another account .* is called "Ana\.Torres@/),
    });
    const empty = await terminal.run('rename', 'ana.torres@acme', ' ');
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringMatching(/^The new name of the account is empty\./) });
  });

  it('names the account to choose where the one in use was signed out', async () => {
    await terminal.run('use', 'globex');
    await terminal.run('revoke');
    const list = (await terminal.run('list')).stdout;
    expect(list).toMatch(/^sales +Conexor practice service +- +No account in use +-$/m);
    expect(list).toContain(`No account is in use at sales. To use ana.torres@acme.example (acme): ${toUse}\n`);
    expect((await terminal.run('accounts')).stdout).toContain(toUse);
    expect((await terminal.run('doctor')).stdout).toContain(`note  sales: has no account in use.\n      ${toUse}\n`);
  });

  it('and says the state again once it is chosen', async () => {
    expect(await terminal.run('use', 'ana.torres@acme.example (acme)', '-c', 'sales')).toMatchObject({ code: 0 });
    const list = (await terminal.run('list')).stdout;
    expect(list).toMatch(/^sales .* ana\.torres@acme\.example \(acme\) +Connected /m);
    expect(list).not.toContain('npx conexor use');
  });

  it('asks for a sign-in where no account is left that could be chosen', async () => {
    await terminal.run('revoke');
    const list = (await terminal.run('list')).stdout;
    expect(list).toMatch(/^sales .* Not signed in /m);
    expect(list).not.toContain('npx conexor use');
    expect((await terminal.run('doctor')).stdout).toContain('note  sales: needs a sign-in.\n');
  });
});
