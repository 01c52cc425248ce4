/** Servers taken over, and their file cleaned: nothing is lost, nothing else is touched, and no secret is shown. */
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImports, type Imports } from '../../../electron/core/clients/imports.ts';
import { withoutTaken } from '../../../electron/core/clients/server-entries.ts';
import type { Connectable } from '../../../electron/core/services/pasted.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { Fault } from '../../../shared/faults.ts';
import { foundImportSchema, importResultSchema } from '../../../shared/imports.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';

const address = 'https://app.conexor.io/mcp/acme/sales-api';
const secret = 'sk-planted-1';

/** As the dashboard hands it out, below Claude's own settings. */
const claudeText = `\ufeff{\r
\t// mine\r
\t"preferences": { "theme": "dark",  "x": [1 , 2] },\r
\t"mcpServers": {\r
\t\t"files": { "command": "npx", "args": ["-y", "server-filesystem"], "env": { "clientSecret": "theirs" } },\r
\t\t"conexor-sales": {\r
\t\t\t"url": "${address}",\r
\t\t\t"oauth": { "clientId": "client_1", "clientSecret": "${secret}", "scopes": ["mcp:tools:read", "mcp:tools:execute"] }\r
\t\t},\r
\t\t"other": { "url": "https://other.example/mcp" } // last\r
\t},\r
\t"isUsingBuiltInNodeForMcp": true\r
}\r
`;

let home: string;
let path: string;
let connected: { server: Connectable; wayIn: string | undefined }[];
let keeps: boolean;
let imports: Imports;

const view = (name: string) => ({ id: `id-${name}`, name }) as ConnectionView;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
  path = join(home, '.config', 'Claude', 'claude_desktop_config.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, claudeText);
  connected = [];
  keeps = true;
  imports = createImports({
    computer: { platform: 'linux', homedir: home, env: {} },
    now: () => Date.UTC(2026, 2, 1),
    keeps: () => keeps,
    replacedBy: ({ target, clientId }) => (target === address && clientId !== 'client_1' ? 'sales' : undefined),
    connect: async (server, { wayIn }) => {
      if (server.target.includes('refused')) throw new Fault('connection-exists', { subject: 'refused' });
      connected.push({ server, wayIn });
      return { connection: view(server.name ?? 'x'), added: true };
    },
  });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const inClaude = () => ({ kind: 'claude-desktop' as const, path });
const take = (more: Partial<Parameters<Imports['take']>[0]> = {}) =>
  imports.take({ source: inClaude(), servers: ['conexor-sales'], clean: 'secret', ...more });

describe('what is found', () => {
  it("in Claude Desktop's own file is what it skips, without the secret", async () => {
    const found = await imports.find();
    expect(found).toMatchObject([
      {
        path,
        backups: [],
        servers: [
          { name: 'conexor-sales', target: address, title: 'Conexor', hasClientId: true, hasSecret: true },
          { name: 'other', hasSecret: false },
        ],
      },
    ]);
    expect(found[0]?.servers).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain(secret);
    for (const one of found) expect(() => foundImportSchema.parse(one)).not.toThrow();
  });

  it('in a file that cannot be read is said in the person’s language, and nothing where there is none', async () => {
    await writeFile(path, claudeText.slice(0, 300));
    expect(await imports.find(undefined, 'es')).toMatchObject([
      { path, servers: [], fault: { fault: 'input-invalid', next: expect.stringMatching(/^No se ha cambiado nada/) } },
    ]);
    await rm(path);
    expect(await imports.find()).toEqual([]);
    await symlink(path, path);
    expect(await imports.find()).toMatchObject([{ fault: { fault: 'input-invalid' } }]);
  });

  it('in any file or text is what a person could paste', async () => {
    const file = join(home, 'mail.txt');
    const block = claudeText.slice(claudeText.indexOf('"mcpServers"'), claudeText.lastIndexOf('},'));
    await writeFile(file, `Put this into your file:\n${block}`);
    const [found] = await imports.find({ kind: 'file', path: file });
    expect(found?.servers.map(({ name }) => name)).toEqual(['files', 'conexor-sales', 'other']);
    expect(found?.notCleanable).toMatchObject({ fault: 'input-invalid' });
    expect((await imports.find({ kind: 'text', text: 'acme/sales-api' }))[0]?.servers).toMatchObject([
      { name: 'app.conexor.io', target: address },
    ]);
    expect(await imports.find({ kind: 'text', text: '?' })).toMatchObject([{ fault: { fault: 'address-invalid' } }]);
    expect(await imports.find({ kind: 'text', text: ' ' })).toEqual([{ servers: [], backups: [] }]);
    expect(await imports.find({ kind: 'file', path: join(home, 'none') })).toMatchObject([
      { fault: { fault: 'input-invalid' } },
    ]);
  });
});

describe('a client in place of another one', () => {
  it('is told before it is taken', async () => {
    expect((await imports.find())[0]?.servers[0]).not.toHaveProperty('replaces');
    await writeFile(path, claudeText.replace('client_1', 'client_2'));
    const [found] = await imports.find();
    expect(found?.servers).toMatchObject([{ name: 'conexor-sales', replaces: 'sales' }, { name: 'other' }]);
    expect(foundImportSchema.parse(found)).toEqual(found);
  });
});

describe('what is taken over', () => {
  it('goes to the vault, and then out of the file: the secret, and not one byte more', async () => {
    const result = await take();
    expect(connected.map(({ server }) => server)).toMatchObject([
      { target: address, name: 'conexor-sales', clientId: 'client_1', scopes: ['mcp:tools:read', 'mcp:tools:execute'] },
    ]);
    expect(connected[0]?.server.clientSecret?.open()).toBe(secret);
    expect(result).toMatchObject({
      servers: [
        { name: 'conexor-sales', added: true, took: ['client-id', 'client-secret', 'scopes'], secretLeft: false },
      ],
      cleaned: { path },
    });
    expect(await readFile(path, 'utf8')).toBe(claudeText.replace(`"clientSecret": "${secret}", `, ''));
    const { backup = '' } = result.cleaned ?? {};
    expect(await readFile(backup, 'utf8')).toBe(claudeText);
    if (process.platform !== 'win32') expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(importResultSchema.safeParse(result).error ?? result)).not.toContain(secret);
    // The copy is named the next time, and deleted on a wish.
    expect(await imports.find()).toMatchObject([{ backups: [backup], servers: [{ hasSecret: false }, {}] }]);
    expect(await imports.removeBackups()).toEqual([backup]);
    expect(await readdir(dirname(path))).toEqual(['claude_desktop_config.json']);
  });

  it('leaves the file with its whole entry, where that is wanted', async () => {
    await take({ servers: ['conexor-sales', 'other'], clean: 'entry' });
    // The comma before it goes along, and a comment on the same line stays.
    const entries = /,\r\n\t\t"conexor-sales"[\s\S]*?"other": \{[^}]*\}/;
    expect(claudeText).toMatch(entries);
    expect(await readFile(path, 'utf8')).toBe(claudeText.replace(entries, '\r\n'));
  });

  it('stays in the file where nobody wants it changed', async () => {
    expect(await take({ clean: 'nothing' })).toEqual({ servers: [expect.objectContaining({ added: true })] });
    expect(await readFile(path, 'utf8')).toBe(claudeText);
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it('stays in the file where what is kept here does not last', async () => {
    keeps = false;
    const { cleaned, notCleaned } = await take();
    expect(cleaned).toBeUndefined();
    expect(notCleaned?.next).toContain('only lasting copy');
    expect(await readFile(path, 'utf8')).toBe(claudeText);
  });

  it('stays in the file where taking it over failed, while another one is cleaned', async () => {
    const two = claudeText.replace(
      '"https://other.example/mcp"',
      '"https://refused.example/mcp", "oauth": { "clientId": "b", "clientSecret": "sk-planted-2" }',
    );
    await writeFile(path, two);
    const result = await take({ servers: ['other', 'conexor-sales', 'none'] });
    expect(result.servers).toMatchObject([
      { name: 'other', added: false, took: [], fault: { fault: 'connection-exists' } },
      { name: 'conexor-sales', added: true },
      { name: 'none', fault: { fault: 'input-invalid' } },
    ]);
    expect(await readFile(path, 'utf8')).toBe(two.replace(`"clientSecret": "${secret}", `, ''));
    expect(JSON.stringify(result)).not.toContain('sk-planted');
  });

  it('in a way that the service does not have is refused before anything is kept', async () => {
    const result = await take({ wayIn: 'jwt-login' });
    expect(result.servers).toMatchObject([{ added: false, fault: { fault: 'input-invalid' } }]);
    expect(connected).toEqual([]);
    await take({ wayIn: 'jwt-login', service: 'practice-connexease', clean: 'nothing' });
    expect(connected, 'no service gets an address of another one').toEqual([]);
    await take({ wayIn: 'api-key', clean: 'nothing' });
    expect(connected).toMatchObject([{ wayIn: 'api-key' }]);
  });

  it('from a file that was changed meanwhile is kept, and the file left alone', async () => {
    const late = createImports({
      computer: { platform: 'linux', homedir: home, env: {} },
      now: () => 0,
      keeps: () => true,
      replacedBy: () => undefined,
      connect: async (server) => {
        await writeFile(path, '{}');
        return { connection: view(server.name ?? ''), added: true };
      },
    });
    const result = await late.take({ source: inClaude(), servers: ['conexor-sales'], clean: 'secret' });
    expect(result).toMatchObject({
      servers: [{ added: true }],
      notCleaned: { next: expect.stringContaining('another program') },
    });
    expect(await readFile(path, 'utf8')).toBe('{}');
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it('says where the same secret stands a second time', async () => {
    await writeFile(path, claudeText.replace('// mine', `// ${secret}`));
    expect(await take()).toMatchObject({ cleaned: { path }, servers: [{ secretLeft: true }] });
  });

  it('says where the secret still stands: in another escape, in a file of one entry, in a file nobody may write', async () => {
    const file = join(home, 'own.json');
    const own = (clean: 'secret' | 'entry', servers = ['a']) =>
      take({ source: { kind: 'file', path: file }, servers, clean });
    const entry = (more = '') => `{"url":"${address}","oauth":{"clientId":"c","clientSecret":"sec_esc/x"${more}}}`;
    const escaped = '"sec\\u005fesc\\/x"';
    await writeFile(file, `{"mcpServers":{"a":${entry()}},"copy":${escaped}}`);
    expect(await own('secret')).toMatchObject({ cleaned: { path: file }, servers: [{ secretLeft: true }] });

    // The name comes from the address here, and happens to be that of one of its own members.
    const whole = entry().replaceAll('sales-api', 'url');
    await writeFile(file, whole);
    const result = await own('entry', ['url']);
    expect(result).toMatchObject({ servers: [{ added: true, secretLeft: true }] });
    expect(result.notCleaned?.what).toContain('all of it is this one entry');
    expect(await readFile(file, 'utf8')).toBe(whole);

    if (process.platform === 'win32') return;
    await writeFile(file, `{"mcpServers":{"a":${entry()}}}`);
    await chmod(file, 0o444);
    expect(await own('secret')).toMatchObject({
      notCleaned: { fault: 'file-not-writable' },
      servers: [{ secretLeft: true }],
    });
  });

  it('is left alone where two different secrets stand for one service, and both go where they are one', async () => {
    const file = join(home, 'own.json');
    const own = () => take({ source: { kind: 'file', path: file }, servers: ['a'] });
    const text = (second: string) =>
      `{"mcpServers":{"a":{"url":"${address}","oauth":{"clientId":"c","clientSecret":"s-1","client_secret":"${second}"}}}}`;
    await writeFile(file, text('s-2'));
    const result = await own();
    expect(result).toMatchObject({ servers: [{ added: true, secretLeft: true }] });
    expect(result.notCleaned?.what).toContain('two different secrets');
    expect(await readFile(file, 'utf8')).toBe(text('s-2'));
    await writeFile(file, text('s-1'));
    expect(await own()).toMatchObject({ servers: [{ secretLeft: false }] });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      mcpServers: { a: { url: address, oauth: { clientId: 'c' } } },
    });
  });

  it('of a second client for one address stays where it is, and takes no other one’s place', async () => {
    const file = join(home, 'own.json');
    const entry = (clientId: string, clientSecret?: string) => ({ url: address, oauth: { clientId, clientSecret } });
    const mcpServers = {
      'A b': entry('c1', 's-1'),
      'a-b': entry('c2', 's-2'),
      other: entry('c1', 's-9'),
      again: entry('c1'),
    };
    await writeFile(file, JSON.stringify({ mcpServers }));
    const result = await take({ source: { kind: 'file', path: file }, servers: Object.keys(mcpServers) });
    expect(result.servers).toMatchObject([
      { name: 'A b', added: true, secretLeft: false },
      { name: 'a-b', secretLeft: true, fault: { what: expect.stringContaining('"A b"') } },
      { name: 'other', secretLeft: true, fault: { fault: 'input-invalid' } },
      { name: 'again', secretLeft: false },
    ]);
    expect(connected.map(({ server }) => server.clientSecret?.open())).toEqual(['s-1', undefined]);
    const left = await readFile(file, 'utf8');
    expect(['s-1', 's-2', 's-9'].map((one) => left.includes(one))).toEqual([false, true, true]);
  });

  it('is kept letter by letter, what no one sees included, and then taken out', async () => {
    const file = join(home, 'own.json');
    const odd = 's-\u200bzero\u00a0w\ufeffx';
    const text = JSON.stringify({ mcpServers: { a: { url: address, oauth: { clientId: 'c', clientSecret: odd } } } });
    await writeFile(file, text);
    const result = await take({ source: { kind: 'file', path: file }, servers: ['a'] });
    expect(connected[0]?.server.clientSecret?.open()).toBe(odd);
    expect(result).toMatchObject({ cleaned: { backup: expect.any(String) }, servers: [{ secretLeft: false }] });
    expect(await readFile(file, 'utf8')).not.toContain('zero');
  });

  it.skipIf(process.platform === 'win32')(
    'stays in a file that has a second name, which a change would part from it',
    async () => {
      const other = join(home, 'second.json');
      await link(path, other);
      expect(await imports.find()).toMatchObject([{ notCleanable: { what: expect.stringContaining('hard link') } }]);
      const result = await take();
      expect(result).toMatchObject({ servers: [{ added: true, secretLeft: true }] });
      expect(result.notCleaned?.what).toContain('hard link');
      expect((await stat(path)).ino).toBe((await stat(other)).ino);
      expect(await readFile(other, 'utf8')).toBe(claudeText);
    },
  );

  it('of a file that is being written at this moment is asked for again, not called unusable', async () => {
    const file = join(home, 'own.json');
    for (const text of ['', claudeText.slice(0, 300)]) {
      await writeFile(file, text);
      await writeFile(path, text);
      for (const source of [{ kind: 'file' as const, path: file }, inClaude()]) {
        await expect(take({ source }), `${source.kind} with ${text.length} characters`).rejects.toMatchObject({
          code: 'input-invalid',
          detail: { advice: 'config-changed' },
        });
      }
    }
    expect(connected).toEqual([]);
  });

  it('is refused whole where it is too much: a large file, or more services than are taken at once', async () => {
    const file = join(home, 'own.json');
    const source = { kind: 'file' as const, path: file };
    await writeFile(file, `${' '.repeat(700_000)}x`);
    expect(await imports.find(source, 'en')).toMatchObject([
      { servers: [], fault: { fault: 'too-large', next: expect.stringContaining('a small file of its own') } },
    ]);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`s${n}`, { url: `${address}${n}` }]));
    await writeFile(file, JSON.stringify({ mcpServers: many, pad: 'x'.repeat(700_000) }));
    expect(await imports.find(source)).toMatchObject([
      {
        servers: [],
        fault: { what: expect.stringContaining('51 services'), next: expect.stringContaining('at most 50') },
      },
    ]);
    delete many['s50'];
    await writeFile(file, JSON.stringify({ mcpServers: many, pad: 'x'.repeat(700_000) }));
    expect((await imports.find(source))[0]?.servers).toHaveLength(50);
  });

  it('that cannot be connected says so, and that its secret stays', async () => {
    const file = join(home, 'own.json');
    const bad = { url: 'http://example.com/mcp', clientId: 'c', clientSecret: 'sec_bad' };
    await writeFile(file, JSON.stringify({ mcpServers: { ok: { url: address }, bad, here: { command: 'x' } } }));
    const source = { kind: 'file' as const, path: file };
    expect((await imports.find(source))[0]?.servers).toMatchObject([
      { name: 'ok' },
      { name: 'bad', hasSecret: true, fault: { fault: 'address-insecure' } },
      { name: 'here', local: true },
    ]);
    expect(await take({ source, servers: ['ok', 'bad'] })).toMatchObject({
      servers: [
        { name: 'ok', added: true, secretLeft: false },
        { name: 'bad', added: false, secretLeft: true, fault: { fault: 'address-insecure' } },
      ],
    });
  });

  it('comes from no other file than those of Claude Desktop, where it is said to be there', async () => {
    const other = join(home, 'other.json');
    await writeFile(other, claudeText);
    await expect(take({ source: { kind: 'claude-desktop', path: other } })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    expect(connected).toEqual([]);
    expect(await take({ source: { kind: 'file', path: other } })).toMatchObject({ cleaned: { path: other } });
  });

  it('of a file that reads in two ways is kept, and the file left alone', async () => {
    const twice = claudeText.replace('"clientId"', '"clientSecret": "another", "clientId"');
    await writeFile(path, twice);
    expect(await take()).toMatchObject({ notCleaned: { fault: 'input-invalid' } });
    expect(await readFile(path, 'utf8')).toBe(twice);
  });

  it('two at a time is one after the other', async () => {
    const results = await Promise.all([take(), take({ servers: ['other'], clean: 'entry' })]);
    expect(results).toMatchObject([{ cleaned: { path } }, { cleaned: { path } }]);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('other.example');
    expect(await imports.removeBackups()).toHaveLength(2);
  });
});

describe('whatever else the file holds', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const key = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('url', 'oauth', 'clientId'));
  const others = fc.dictionary(key, value, { maxKeys: 4 });
  const known = ['mcpServers', 'servers', 'mcp_servers', 'context_servers', 'mcp'];

  it('only the secret goes, every other value stays, and a second time changes nothing (3,000 files)', () => {
    fc.assert(
      fc.property(
        fc.record({
          settings: others,
          servers: others,
          oauth: others,
          name: fc.constantFrom('conexor-sales', 'mcp', 'servers', 'a.b', 'é'),
          group: fc.constantFrom('mcpServers', 'servers'),
          secretKey: fc.constantFrom('clientSecret', 'client_secret'),
          secretText: fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== ''),
          indent: fc.constantFrom(undefined, 1, 2, 4, '\t'),
          crlf: fc.boolean(),
          mark: fc.boolean(),
        }),
        ({ settings, servers, oauth, name, group, secretKey, secretText, indent, crlf, mark }) => {
          const free = Object.fromEntries(Object.entries(settings).filter(([own]) => !known.includes(own)));
          const beside = Object.fromEntries(
            Object.entries(servers).filter(([own]) => ![...known, name, 'url'].includes(own)),
          );
          const make = (more: object) => {
            const whole = {
              ...free,
              [group]: { ...beside, [name]: { url: address, oauth: { ...rest(oauth), ...more } } },
            };
            const lines = JSON.stringify(whole, null, indent);
            return (mark ? '\ufeff' : '') + (crlf ? lines.replaceAll('\n', '\r\n') : lines);
          };
          const text = make({ clientId: 'c', [secretKey]: secretText });
          const taken = [{ name, secret: new Secret(secretText.trim()) }];
          const left = withoutTaken(text, 'file', taken, 'secret');
          // The last member of its object: what is left is exactly what would have been written without it.
          expect(left).toBe(make({ clientId: 'c' }));
          expect(withoutTaken(left, 'file', taken, 'secret')).toBe(left);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  function rest(oauth: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(oauth).filter(([own]) => !/^client/i.test(own)));
  }
});
