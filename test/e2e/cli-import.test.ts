/**
 * `conexor import`: the dashboard's block by a file, by standard input and as Claude Desktop's own file has it, in a
 * home folder of its own; the built programs, the practice service, and a person at a terminal where `script` has one.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { importMethods } from '../../shared/imports.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { snapshotSchema } from '../../shared/snapshot.ts';
import { atTerminal as atTerminalOf, hasTerminals } from './at-terminal.ts';
import { openTerminal, type Said, type Terminal } from './terminal.ts';

const { clientId, clientSecret } = practiceCredentials.conexor;

let home: string;
let claude: string;
let terminal: Terminal;
let practice: PracticeService;

const block = (address: string) => ({
  url: address,
  oauth: { clientId, clientSecret, scopes: ['mcp:tools:read', 'mcp:tools:execute'] },
});

/** As Claude Desktop keeps its file: with its own settings, a program that it starts, and the block that it skips. */
const claudeText = () =>
  `${JSON.stringify(
    {
      preferences: { theme: 'dark' },
      mcpServers: { files: { command: 'npx', args: ['server-filesystem'] }, 'conexor-sales': block(practice.resource) },
      coworkUserFilesPath: '/home/ada',
    },
    null,
    2,
  )}\n`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
  claude = join(home, '.config', 'Claude', 'claude_desktop_config.json');
  await mkdir(dirname(claude), { recursive: true });
  const surroundings = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  for (const name of Object.keys(surroundings)) {
    if (/^(DISPLAY|WAYLAND_DISPLAY|CONEXOR_)/.test(name)) delete (surroundings as NodeJS.ProcessEnv)[name];
  }
  const env = { ...surroundings, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  [terminal, practice] = await Promise.all([openTerminal(env), startPractice()]);
  await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
});
afterAll(async () => {
  await terminal?.stop();
  await practice?.stop();
  await rm(home, { recursive: true, force: true });
});

async function give(text: string, ...words: string[]): Promise<Said> {
  const command = terminal.begin(words);
  command.child.stdin?.end(text);
  return command.ended;
}

const connections = async () => snapshotSchema.parse((await terminal.json('list')).value).connections;
const forgetAll = async () => {
  for (const { name } of await connections()) await terminal.run('remove', name);
};
const onLinux = it.skipIf(process.platform !== 'linux');

describe('conexor import', () => {
  it('with nothing to find says so, and how to give it something', async () => {
    const said = await terminal.run('import');
    expect(said).toMatchObject({ code: 1, stderr: '' });
    expect(said.stdout).toContain('npx conexor import <file>');
    expect((await terminal.run('import', join(home, 'none.json'))).code).toBe(2);
    expect((await terminal.run('import', '--delete-backups')).stdout).toContain('No copy');
  });

  onLinux("takes over what Claude Desktop's file has, and without a person leaves the file alone", async () => {
    await writeFile(claude, claudeText());
    const said = await terminal.run('import');
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout.split('\n')).toEqual([
      `In ${claude}:`,
      `  conexor-sales: ${practice.resource}, with a client ID and a secret`,
      expect.stringMatching(/^Added: conexor-sales \(127\.0\.0\.1:\d+\)\. Its secret is in the sealed file now\.$/),
      `The secret of conexor-sales still stands in ${claude}.`,
      'Sign in: npx conexor connect conexor-sales',
      '',
    ]);
    expect(await readFile(claude, 'utf8')).toBe(claudeText());
    await forgetAll();
  });

  onLinux('cleans it when told to, signs in with what was there, and deletes the copy on a wish', async () => {
    const { code, value } = await terminal.json('import', '--clean', 'secret', '--service', 'practice');
    expect(code).toBe(0);
    const { imports } = value as { imports: unknown[] };
    const result = importMethods.importServers.result.parse(imports[0]);
    const backup = result.cleaned?.backup ?? '';
    const without = JSON.parse(claudeText()) as { mcpServers: { 'conexor-sales': { oauth: object } } };
    const { clientSecret: _, ...oauth } = block('').oauth;
    without.mcpServers['conexor-sales'].oauth = oauth;
    expect(await readFile(claude, 'utf8')).toBe(`${JSON.stringify(without, null, 2)}\n`);
    expect(await readFile(backup, 'utf8')).toBe(claudeText());
    expect((await stat(backup)).mode & 0o777).toBe(0o600);

    // Nobody has to type what was imported.
    const said = await terminal.run('connect', 'conexor-sales', '--way', 'client-credentials');
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect((await terminal.run('call', 'whoami')).stdout).toContain('"organisation":"acme"');

    expect((await terminal.run('import', '--delete-backups')).stdout).toBe(`Deleted: ${backup}\n`);
    expect(await readdir(dirname(claude))).toEqual(['claude_desktop_config.json']);
    await forgetAll();
  });

  it('takes a file of one’s own, in whatever form, and signs in at once where that is wanted', async () => {
    const mail = join(home, 'a mail.txt');
    await writeFile(
      mail,
      `Hello,\n\`\`\`\n"mcpServers": { "sales": ${JSON.stringify(block(practice.resource))} }\n\`\`\``,
    );
    const words = ['import', mail, '--service', 'practice', '--way', 'client-credentials', '--clean', 'secret'];
    const said = await terminal.run(...words);
    // It is no file that could be edited without harm; what it holds is taken over all the same.
    expect(said.code).toBe(1);
    expect(said.stdout).toMatch(/^Signed in as .+ A first call has worked\.$/m);
    expect(said.stderr).toMatch(
      /^The file ".*a mail\.txt" is not something Conexor can use\.\nNothing was changed in it\./,
    );
    expect((await connections()).map(({ name, state }) => [name, state])).toEqual([['sales', 'connected']]);
    await forgetAll();
  });

  it('takes standard input, one server of several, and says of each what is wrong with it', async () => {
    const text = JSON.stringify({
      mcpServers: { sales: block(practice.resource), other: { url: 'http://insecure.example/mcp' } },
    });
    const said = await give(text, 'import', '-', '--server', 'sales');
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(await give(text, 'import', '-', '--server', 'none')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is: sales, other.'),
    });
    expect((await connections()).map(({ name }) => name)).toEqual(['sales']);
    expect(await give(text, 'import', '-', '--server', 'other')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Not imported: other.'),
      stderr: expect.stringMatching(/^other: .*not protected on the way.*\nUse an address that begins with https\.\n$/),
    });
    expect(await give('what?', 'import', '-')).toMatchObject({ code: 1, stdout: '' });
    expect(await give('', 'import', '-')).toMatchObject({ code: 1 });
    expect(await give('x'.repeat(300_000), 'import', '-')).toMatchObject({ code: 1, stdout: '' });
    await forgetAll();
  });

  it('leaves no server out in silence: each that cannot be taken is named, and where its secret stays', async () => {
    const file = join(home, 'several.json');
    const mcpServers = {
      sales: block(practice.resource),
      bad: { url: 'http://example.com/mcp', oauth: { clientId: 'c', clientSecret: 'sec_bad' } },
      q: { url: 'https://example.com/mcp?api_key=sec_q' },
      here: { command: 'npx', args: ['server-filesystem'] },
    };
    await writeFile(file, JSON.stringify({ mcpServers }));
    const said = await terminal.run('import', file, '--service', 'practice', '--clean', 'secret');
    expect(said.code).toBe(1);
    for (const line of [
      '  here: left where it is, since it starts a program here and needs no sign-in',
      'Not imported: bad.',
      'Not imported: q.',
      `The secret of bad still stands in ${file}.`,
    ]) {
      expect(said.stdout.split('\n')).toContain(line);
    }
    expect(said.stdout).not.toContain('The secret of sales');
    expect(said.stderr).toMatch(/^bad: .+\n.+\nq: .+\n.+\n$/);
    expect(said.stdout + said.stderr).not.toContain('sec_');
    expect(await terminal.run('import', file, '--server', 'here')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It starts a program on this computer'),
    });
    await forgetAll();
  });

  it('speaks of no file where nothing lasts', async () => {
    const unsafe = await openTerminal(terminal.env);
    try {
      await unsafe.run('start', '--port', '0', '--memory');
      const file = join(home, 'for-memory.json');
      await writeFile(file, JSON.stringify({ mcpServers: { sales: block(practice.resource) } }));
      const said = await unsafe.run('import', file);
      expect(said.stdout).toContain('Its secret is kept only until Conexor stops.\n');
      expect(said.stdout).not.toContain('sealed file');
    } finally {
      await unsafe.stop();
    }
  });

  it('never prints the secret', () => {
    expect(terminal.printed.join('').includes(clientSecret)).toBe(false);
  });
});

const atTerminal = (...words: string[]) => atTerminalOf(terminal, ...words);

describe.skipIf(!hasTerminals)('a person at a terminal', () => {
  it('is asked for exactly what the way in needs, and sees no secret', async () => {
    const words = ['connect', practice.resource, '--service', 'practice', '--way', 'client-credentials'];
    const person = atTerminal(...words, '--name', 'typed');
    await person.when('Client ID: ', `${clientId}\r`);
    // A slip of the finger, and a paste with the marks that terminals put around it.
    await person.when('Client secret: ', `x\u007f\u001b[200~${clientSecret}\u001b[201~\r`);
    expect(await person.ended).toBe(0);
    expect(person.screen()).toContain('Signed in as');
    expect(person.screen()).toContain(clientId);
    expect(person.screen()).not.toContain(clientSecret);
    expect(person.screen()).not.toContain('Private key');

    // Signing in again asks again.
    const again = atTerminal('connect', 'typed');
    await again.when('Client ID: ', `${clientId}\r`);
    await again.when('Client secret: ', '\u0003');
    expect(await again.ended).toBe(130);
    expect(again.screen()).toContain('Stopped. Nothing has been saved.');
    expect((await connections())[0]?.accounts).toHaveLength(1);
    await forgetAll();
  });

  it('is asked before the file is changed; yes is yes, anything else is no', async () => {
    await writeFile(claude, claudeText());
    const no = atTerminal('import');
    await no.when('[y/N] ', '\r');
    expect(await no.ended).toBe(0);
    expect(await readFile(claude, 'utf8')).toBe(claudeText());
    const yes = atTerminal('import');
    await yes.when('[y/N] ', 'y\r');
    expect(await yes.ended).toBe(0);
    expect(await readFile(claude, 'utf8')).not.toContain(clientSecret);
    expect(yes.screen()).toMatch(/What it was before is in \S+\.bak\. It still holds the secret: delete it/);
    expect(yes.screen()).not.toContain(clientSecret);
    await forgetAll();
  });

  it('can paste the address at which the browser ended, and is told when it is another one', async () => {
    const person = atTerminal('connect', practice.resource, '--service', 'practice', '--no-browser');
    await person.when('paste the address', 'http://127.0.0.1:1/callback?code=x&state=y\r');
    await person.when('is not the one at which this sign-in ends', '\u0003');
    expect(await person.ended).toBe(130);
    expect(await connections()).toEqual([]);
  });
});
