/** What a person pastes, as people paste it; and junk, which must never throw and never give a secret away. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pastedServer, readPasted, writtenName } from '../../../electron/core/services/pasted.ts';
import { pastedSchema } from '../../../shared/window.ts';
import { processorMsOf } from '../../fakes/soon.ts';

const address = 'https://app.conexor.io/mcp/acme/sales-api';
const atConexor = { target: address, host: 'app.conexor.io', title: 'Conexor' };

const block = `{ "mcpServers": { "conexor-sales": { "url": "${address}",
  "oauth": { "clientId": "client_xxxxx", "clientSecret": "secret_xxxxx", "scopes": ["mcp:tools:read", "mcp:tools:execute"] } } } }`;

const sales = {
  name: 'conexor-sales',
  ...atConexor,
  hasClientId: true,
  hasSecret: true,
  unknownKeys: [],
};

describe('an address', () => {
  it.each([
    [address, atConexor],
    [`  ${address}\n`, atConexor],
    [`<${address}>`, atConexor],
    [`"${address}",`, atConexor],
    [`“${address}”`, atConexor],
    [`\`${address}\``, atConexor],
    [`\u200b${address}\ufeff`, atConexor],
    [`My server is ${address}, please connect it.`, atConexor],
    ['acme/sales-api', atConexor],
    ['app.conexor.io/mcp/acme/sales-api', atConexor],
    [`${address}#tools`, atConexor],
    [`npx mcp-remote ${address}`, atConexor],
    [`npx -y mcp-remote@latest "${address}"`, atConexor],
    [`claude mcp add sales ${address}`, atConexor],
    [`\`\`\`sh\nnpx mcp-remote ${address}\n\`\`\``, atConexor],
    [
      'https://mcp.example.com/mcp?team=a',
      { target: 'https://mcp.example.com/mcp?team=a', host: 'mcp.example.com', title: 'mcp.example.com' },
    ],
    ['example.com/mcp', { target: 'https://example.com/mcp', host: 'example.com', title: 'example.com' }],
    ['localhost:3000/mcp', { target: 'http://localhost:3000/mcp', host: 'localhost:3000', title: 'localhost:3000' }],
    [
      'http://127.0.0.1:3000/mcp',
      { target: 'http://127.0.0.1:3000/mcp', host: '127.0.0.1:3000', title: '127.0.0.1:3000' },
    ],
  ])('%j', (text, expected) => {
    expect(readPasted(text)).toEqual({ kind: 'address', ...expected });
    expect(pastedServer(text)).toEqual({ target: expected.target, scopes: [] });
  });
});

describe('a block', () => {
  it.each([
    ['as the dashboard has it', block],
    ['with text around it', `Put this into your file:\n\n${block}\n\nand start Claude again.`],
    ['in code fences', `Here:\n\`\`\`json\n${block}\n\`\`\`\nDone.`],
    ['in a fence that was cut off', `\`\`\`json\n${block}`],
    ['with typographic quotes', block.replaceAll(/"([^"]*)"/g, '“$1”')],
    ['with trailing commas and comments', block.replace('] }', '], /* two */ }, // one server\n')],
    ['without the outer braces', block.slice(block.indexOf('"mcpServers"'), block.lastIndexOf('}'))],
    ['without the last braces', block.slice(0, block.lastIndexOf(']') + 1)],
    ['with one brace too many', `${block}}`],
    ['only its member', block.slice(block.indexOf('"conexor-sales"'), block.lastIndexOf('} }'))],
    ['below another name', block.replace('mcpServers', 'servers')],
    ['as settings of another program', `{ "theme": "dark", "mcp": ${block.replace('mcpServers', 'servers')} }`],
    ['with names without quotes', block.replaceAll(/"(mcpServers|url|oauth|clientId)":/g, '$1:')],
    ['with the names of RFC 6749', block.replace('clientId', 'client_id').replace('clientSecret', 'client_secret')],
  ])('%s', (_, text) => {
    expect(readPasted(text)).toEqual({ kind: 'block', servers: [sales] });
    const { clientSecret, ...rest } = pastedServer(text, 'conexor-sales');
    expect(rest).toEqual({
      target: address,
      name: 'conexor-sales',
      clientId: 'client_xxxxx',
      scopes: ['mcp:tools:read', 'mcp:tools:execute'],
    });
    expect(clientSecret?.open()).toBe('secret_xxxxx');
  });

  it('of one server without a name is called by its address', () => {
    const text = `{ "url": "${address}", "oauth": { "clientId": "c" } }`;
    const server = { ...sales, name: 'sales-api', hasSecret: false };
    expect(readPasted(text)).toEqual({ kind: 'block', servers: [server] });
    expect(pastedServer(text)).toEqual({ target: address, clientId: 'c', scopes: [] });
  });

  it('of mcp-remote is connected at its address; what else was said is named, not shown', () => {
    const text = JSON.stringify({
      mcpServers: {
        sales: {
          command: 'npx',
          args: ['-y', 'mcp-remote', address, '3334', '--header', 'Authorization: Bearer sk-planted', '--debug'],
          env: { TOKEN: 'sk-planted' },
        },
      },
    });
    const read = readPasted(text);
    expect(read).toMatchObject({
      kind: 'block',
      servers: [{ name: 'sales', ...atConexor, hasSecret: false, unknownKeys: ['env', '--header', '--debug'] }],
    });
    expect(JSON.stringify(read)).not.toContain('sk-planted');
  });

  it.each([
    [`npx mcp-remote ${address} --token --hunter2`, ['--token']],
    [`npx mcp-remote ${address} --header --hunter2 --debug`, ['--header', '--debug']],
    [`npx mcp-remote ${address} --debug --HUNTER2x --hunter2zk3vdxq8lrt1mnw`, ['--debug']],
    [`npx mcp-remote ${address} --token=--hunter2`, ['--token']],
    [`npx mcp-remote ${address} --password --hunter2 --allow-http`, ['--password', '--allow-http']],
    [`{"url":"${address}","Bearer hunter2":1,"colour":1}`, ['colour']],
    [`{"url":"${address}","hunter2Zk3VdXq8LrT1mNw":1,"colour":1}`, ['colour']],
    [`{"url":"${address}","colour":"hunter2","hunter2":1}`, ['colour']],
    [`{"url":"${address}","headers":{"Authorization":"Bearer hunter2"},"hunter2":1}`, ['headers']],
    [`{"url":"${address}","oauth":{"clientId":"c","hunter2=":1,"clientSecret":"hunter2","hunter2":1}}`, []],
    [`{"url":"${address}","oauth":{"clientId":"c","hunter2":1},"note":["hunter2"]}`, ['note']],
    [`{"url":"${address}","sk-hunter2-planted":1,"a_b-C3":1}`, ['a_b-C3']],
    [`{"url":"${address}","${'hunter'.repeat(6)}2":1}`, []],
    [`{"command":"npx","args":["mcp-remote","${address}","--token","hunter2"],"hunter2":1}`, ['--token']],
  ])('names what is left out only in plain words, never what may be a secret: %s', (text, unknownKeys) => {
    const read = readPasted(text);
    expect(read).toMatchObject({ kind: 'block', servers: [{ target: address, unknownKeys }] });
    expect(JSON.stringify(read)).not.toMatch(/hunter/i);
  });

  it.each(['mcp', 'servers', 'mcpServers'])('may have a server called %s beside others', (name) => {
    const text = JSON.stringify({
      mcpServers: { [name]: { url: address }, other: { url: 'https://other.example/mcp' } },
    });
    expect(readPasted(text)).toMatchObject({ servers: [{ name, target: address }, { name: 'other' }] });
    const alone = JSON.stringify({ [name]: { url: address } });
    expect(readPasted(alone)).toMatchObject({ servers: [{ name, target: address }] });
    expect(writtenName(text, name)).toBe(name);
  });

  it('is not called by what follows a path', () => {
    const read = readPasted(`First ${address} and then https://shop.example/mcp;v=hunter`);
    expect(read).toMatchObject({ servers: [{ name: 'sales-api' }, { name: 'mcp' }] });
  });

  it('takes a client from a command line of mcp-remote', () => {
    const info = '{"client_id":"c","client_secret":"sk-planted"}';
    const text = `npx mcp-remote ${address} --static-oauth-client-info '${info}'`;
    const read = readPasted(text);
    expect(read).toEqual({ kind: 'block', servers: [{ ...sales, name: 'sales-api' }] });
    const { clientId, clientSecret } = pastedServer(text);
    expect([clientId, clientSecret?.open()]).toEqual(['c', 'sk-planted']);
  });

  it('with several servers offers each, and says of each what is wrong with it', () => {
    const text = JSON.stringify({
      mcpServers: {
        sales: { url: address, colour: 'blue', oauth: { clientId: 'c', audience: 'x' } },
        files: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/ada'] },
        open: { url: 'http://shop.example/mcp' },
        alone: { url: 'https://mcp.example/mcp', clientSecret: 'sk-planted' },
      },
    });
    const read = readPasted(text);
    expect(read.kind === 'block' && read.servers.map(({ name, fault }) => [name, fault?.fault])).toEqual([
      ['sales', undefined],
      ['files', 'input-invalid'],
      ['open', 'address-insecure'],
      ['alone', undefined],
    ]);
    expect(read).toMatchObject({
      servers: [
        { unknownKeys: ['colour', 'oauth.audience'] },
        { fault: { next: expect.stringContaining('starts a program on this computer') } },
        { fault: { next: 'Use an address that begins with https.' } },
        // Of no use without the id that it belongs to.
        { hasSecret: false, unknownKeys: ['clientSecret'] },
      ],
    });
    expect(JSON.stringify(read)).not.toMatch(/sk-planted|ada/);
    expect(pastedServer(text, 'sales')).toMatchObject({ target: address, name: 'sales', clientId: 'c' });
    expect(() => pastedServer(text, 'open')).toThrow(expect.objectContaining({ code: 'address-insecure' }));
    expect(() => pastedServer(text, 'files')).toThrow(expect.objectContaining({ code: 'input-invalid' }));
    expect(() => pastedServer(text)).toThrow(expect.objectContaining({ code: 'input-invalid' }));
    expect(() => pastedServer(text, 'toString')).toThrow(expect.objectContaining({ code: 'input-invalid' }));
  });

  it('shows the name of an entry as one short line, and knows how it is written there', () => {
    const written = ['x\nAdded: conexor-sales (app.conexor.io).', '\u202ex\u001b[2J', '\n'];
    const servers = Object.fromEntries(written.map((name, n) => [name, { url: `https://mcp.example.com/${n}` }]));
    const text = JSON.stringify({ mcpServers: servers });
    const pasted = readPasted(text);
    const shown = pasted.kind === 'block' ? pasted.servers.map(({ name }) => name) : [];
    expect(shown).toEqual(['x Added: conexor-sales (app.conexor.io).', 'x [2J', '2']);
    expect(shown.map((name) => writtenName(text, name))).toEqual(written);
  });

  it('knows two addresses in a text', () => {
    expect(readPasted(`First ${address} and then https://mcp.example/mcp.`)).toMatchObject({
      kind: 'block',
      servers: [
        { name: 'sales-api', target: address },
        { name: 'mcp', target: 'https://mcp.example/mcp' },
      ],
    });
  });

  it('gives a connection only a name that one may have', () => {
    const named = (name: string) => pastedServer(JSON.stringify({ mcpServers: { [name]: { url: address } } })).name;
    expect(named('Ventas · España')).toBe('ventas-espa-a');
    expect(named('—')).toBeUndefined();
    expect(named('x'.repeat(100))).toHaveLength(40);
  });

  it('of more servers than are taken over at once is refused whole, with their number', () => {
    const urls = Array.from({ length: 51 }, (_, n) => `${address}-${n}`);
    const block = JSON.stringify({ mcpServers: Object.fromEntries(urls.map((url, n) => [`s${n}`, { url }])) });
    for (const text of [block, urls.join(' ')]) {
      const read = readPasted(text, 'es');
      if (read.kind !== 'unusable') throw new Error(read.kind);
      expect(read.fault).toMatchObject({ fault: 'too-large', what: expect.stringContaining('51 servicios') });
    }
  });

  it('keeps a secret as it is written, and of an address only what one sees', () => {
    const clientSecret = 's\u200bec\u00a0re\u2060t';
    const text = `\u200b{\u200b"mcpServers": { "a": ${JSON.stringify({ url: `\ufeff${address}\u200b`, clientId: 'c', clientSecret })} } }`;
    expect(pastedServer(text)).toMatchObject({ target: address, clientId: 'c' });
    expect(pastedServer(text).clientSecret?.open()).toBe(clientSecret);
    const command = `npx\u200b mcp-remote\u00a0${address}\u200b --static-oauth-client-info '${JSON.stringify({ client_id: 'c', client_secret: clientSecret })}'`;
    expect(pastedServer(command)).toMatchObject({ target: address });
    expect(pastedServer(command).clientSecret?.open()).toBe(clientSecret);
  });

  it('of an address that is too long says so, alone and in a block, and shows nothing of it', () => {
    const long = `https://q1.example/${'("'.repeat(120_000)}`;
    const fault = { fault: 'too-large', what: expect.stringMatching(/^This address is too long: /) };
    expect(readPasted(long)).toMatchObject({ kind: 'unusable', fault });
    expect(readPasted(JSON.stringify({ a: { url: long.slice(0, 90_000) } }))).toMatchObject({
      servers: [{ name: 'a', target: '', host: '', fault }],
    });
    expect(() => pastedServer(long)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('shows no more than a person can read', () => {
    const keys = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`key-${n}`, n]));
    const servers = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`${n}`.repeat(100), { url: address, ...keys }]),
    );
    const read = readPasted(JSON.stringify({ mcpServers: servers }));
    if (read.kind !== 'block') throw new Error(read.kind);
    expect(read.servers).toHaveLength(50);
    for (const { name, unknownKeys } of read.servers) {
      expect(name.length).toBeLessThanOrEqual(66);
      expect(unknownKeys.length).toBeLessThanOrEqual(20);
      for (const key of unknownKeys) expect(key.length).toBeLessThanOrEqual(64);
    }
  });
});

describe('what cannot be used', () => {
  it.each([[''], ['  \n\t'], ['\u200b'], ['```\n```']])('%j is nothing', (text) => {
    expect(readPasted(text)).toEqual({ kind: 'nothing' });
  });

  it.each([
    [
      'http://shop.example/mcp',
      'address-insecure',
      'shop.example is not protected on the way, so nothing is sent there.',
    ],
    [
      'https://ada:hunter2@shop.example/mcp',
      'address-invalid',
      'Take the password or key out of the address: Conexor signs you in through the browser instead.',
    ],
    [
      'https://shop.example/mcp?api_key=hunter2',
      'address-invalid',
      'Take the password or key out of the address: Conexor signs you in through the browser instead.',
    ],
    ['ftp://shop.example/mcp', 'address-invalid', undefined],
    [
      'hello there',
      'address-invalid',
      'Give an organisation and server such as acme/sales-api, or a whole address that begins with https.',
    ],
    ['hunter2', 'address-invalid', undefined],
    [
      '{ "mcpServers": ',
      'input-invalid',
      'Copy the whole block again, from its first brace to its last, or paste only the address.',
    ],
    ['{ "mcpServers": {} }', 'input-invalid', undefined],
    ['{"a":{"url":"https://app.conexor.io/mcp/acme/sa', 'input-invalid', undefined],
    ['["x"]', 'input-invalid', undefined],
    ['x'.repeat(256 * 1024 + 1), 'too-large', 'Paste only the address, or only the block of one service.'],
  ])('%.60j: %s', (text, fault, sentence) => {
    const read = readPasted(text, 'en');
    if (read.kind !== 'unusable') throw new Error(read.kind);
    expect(read.fault.fault).toBe(fault);
    if (sentence !== undefined) expect([read.fault.what, read.fault.next]).toContain(sentence);
    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(() => pastedServer(text)).toThrow(expect.objectContaining({ code: fault }));
  });

  it.each([
    ['?sig=hunter2'],
    ['?pwd=hunter2'],
    ['?pass=hunter2'],
    ['?jwt=hunter2'],
    ['?pat=hunter2'],
    ['?code=hunter2'],
    ['?SIG=hunter2'],
    ['?user_pass=hunter2'],
    ['?userPwd=hunter2'],
    ['?pass1=hunter2'],
    ['?team=a&sig=hunter2'],
    ['?team=a;sig=hunter2'],
    ['?%73ig=hunter2'],
    [';token=hunter2'],
    ['/a;token=hunter2/b'],
    ['/a;v=1;pwd=hunter2'],
    ['%3Btoken=hunter2'],
    // Under a name that says nothing, by what it looks like.
    ['?x=hunter2-9f8a7b6c5d4e3f2a1b0c'],
    ['?q=hunter2Zk3VdXq8LrT1mNw'],
    ['?hunter2Zk3VdXq8LrT1mNw'],
    ['?a=b&x=6f1d2c3b-hunter2-4a5b-8c9d-0e1f2a3b4c5d'],
    [';hunter2Zk3VdXq8LrT1mNw'],
    ['?x=ghp_hunter2abcdefgh'],
    ['?guid=hunter2Zk3VdXq8LrT1mNw'],
    ['?session_id=hunter2'],
    ['?x=sk-hunter2-abc'],
    ['?x=Bearer%20hunter2'],
    ['?workspace=sk-live-hunter2-abc'],
    ['?config=eyJhcGlLZXkiOiJodW50ZXIyIn0&x=hunter2'],
    ['?x=%7B%22apiKey%22%3A%22hunter2%22%7D'],
  ])('an address with a secret in what follows its path: %s', (rest) => {
    const expected = {
      fault: 'address-invalid',
      next: 'Take the password or key out of the address: Conexor signs you in through the browser instead.',
    };
    const whole = `https://shop.example/mcp${rest}`;
    for (const text of [whole, `npx mcp-remote '${whole}'`, `My server is ${whole} here`]) {
      expect([text, readPasted(text, 'en')]).toEqual([
        text,
        { kind: 'unusable', fault: expect.objectContaining(expected) },
      ]);
      expect(JSON.stringify(readPasted(text))).not.toContain('hunter2');
      expect(() => pastedServer(text)).toThrow(expect.objectContaining({ code: 'address-invalid' }));
    }
    for (const text of [`{"url":"${whole}"}`, `First ${address} and then ${whole}`]) {
      const read = readPasted(text, 'en');
      expect(read.kind === 'block' && read.servers.at(-1)?.fault).toMatchObject(expected);
      expect(JSON.stringify(read)).not.toContain('hunter2');
    }
  });

  it.each([
    ['?workspace=acme'],
    ['?server=sales-api'],
    ['?team=a'],
    ['?project_ref=abcdefghijklmnopqrst&read_only=true&features=database,docs,debugging,development,functions'],
    ['?projectId=6f1d2c3b-1a2b-4a5b-8c9d-0e1f2a3b4c5d'],
    ['?workspace_id=6f1d2c3b1a2b4a5b8c9d0e1f2a3b4c5d'],
    ['?user_id=6f1d2c3b-1a2b-4a5b-8c9d-0e1f2a3b4c5d'],
    ['?region=eu-west-1&version=2025-11-25'],
    ['?since=2024-01-01T00:00:00Z'],
    ['?model=claude-3-opus-20240229'],
    ['?include=customers,orders,products,invoices,payments'],
    ['?view=customerAccountManagement'],
    ['?account=1234567890123456'],
    ['?country_code=DE&lang=sk'],
    ['?project=pk-tournament'],
    ['?bypass=1&compass=north&mapping=on'],
    ['?q='],
    [';v=2'],
    ['/a;lang=es/b'],
  ])('but not for what only follows its path: %s', (rest) => {
    const target = `https://shop.example/mcp${rest}`;
    expect(readPasted(target)).toEqual({ kind: 'address', target, host: 'shop.example', title: 'shop.example' });
    expect(pastedServer(target).target).toBe(target);
  });

  it('is told in the person’s language', () => {
    const read = readPasted('http://shop.example/mcp', 'es');
    expect(read).toMatchObject({ fault: { next: expect.stringMatching(/^Usa una dirección/) } });
  });

  it.each([
    ['{'.repeat(200_000)],
    ['['.repeat(200_000)],
    ['"a":'.repeat(60_000)],
    ['```\n'.repeat(60_000)],
    ["'".repeat(250_000)],
    ['{"a":"'.repeat(40_000)],
    ['/*'.repeat(120_000)],
    [`https://${'a.'.repeat(120_000)}com/`],
    ['a '.repeat(120_000)],
    ['"'.repeat(250_001)],
    [`{${'"a":1,'.repeat(40_000)}`],
    ['<('.repeat(120_000)],
    [`https://x.example/${'.'.repeat(250_000)}x`],
    [`https://x.example/?x=${'auth'.repeat(60_000)}`],
    [`https://x.example/?${Array.from({ length: 40_000 }, (_, n) => n).join('&')}`],
    [`https://x.example/${Array.from({ length: 40_000 }, (_, n) => n).join(';')}`],
    [`npx mcp-remote https://x.example/ ${'--a '.repeat(60_000)}`],
    [`{"url":"https://x.example/",${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`).join(',')}}`],
  ])('256 kB of junk is little work (%#)', async (text) => {
    expect(await processorMsOf(() => pastedSchema.parse(readPasted(text)))).toBeLessThan(1_000);
  });
});

const secret = 'sk-PLANTED-4711';
const anyText = fc.string({ maxLength: 400, unit: 'binary' });
const crumbs = fc.array(
  fc.oneof(
    fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '“', "'", '```\n', '//', '/*', '*/', '\\', '\\u00', '\n', ' '),
    fc.constantFrom(
      '"mcpServers"',
      '"url"',
      '"oauth"',
      '"clientId"',
      '"__proto__"',
      '"constructor"',
      'mcp-remote',
      'npx',
    ),
    fc.constantFrom(`"${address}"`, address, 'https://a:b@c', 'http://x', 'acme/sales-api', '--header', '-0', 'null'),
    anyText,
  ),
  { maxLength: 60 },
);

describe('whatever is pasted', () => {
  it('is answered, in the form that the window knows', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          crumbs.map((parts) => parts.join('')),
        ),
        (text) => {
          const read = readPasted(text, 'es');
          expect(pastedSchema.parse(read)).toEqual(read);
          try {
            pastedServer(text, 'a');
          } catch (thrown) {
            expect(thrown).toHaveProperty('code');
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('gives away no secret that stands where secrets stand', () => {
    const places: ((text: string) => object)[] = [
      (text) => ({ url: address, oauth: { clientId: text, clientSecret: secret } }),
      (text) => ({ url: address, oauth: { clientSecret: secret, [text]: secret } }),
      (text) => ({ url: `${address}?access_token=${secret}`, note: text }),
      (text) => ({ url: `https://${secret}:${encodeURIComponent(text)}@app.conexor.io/mcp/a/b` }),
      (text) => ({ url: address, headers: { Authorization: `Bearer ${secret}`, [text]: secret } }),
      (text) => ({
        command: 'npx',
        args: ['mcp-remote', address, text, '--header', `X-Key:${secret}`],
        env: { K: secret },
      }),
      (text) => ({ command: text, args: [`--token=${secret}`, secret] }),
      (text) => ({ url: `${address}?${encodeURIComponent(text)}&sig=${secret}` }),
      (text) => ({ url: `${address}?x${encodeURIComponent(text)}=${secret}` }),
      (text) => ({ url: `${address};pwd=${secret}`, [`${text} ${secret}`]: text }),
      (text) => ({ url: address, [secret]: text, [`${secret}${text}`]: 1 }),
      (text) => ({ command: 'npx', args: ['mcp-remote', address, '--token', `--${secret}`, text] }),
    ];
    fc.assert(
      fc.property(anyText, fc.constantFrom(...places), fc.boolean(), fc.nat(60), (text, place, isAlone, cut) => {
        const server = place(text);
        const whole = JSON.stringify(isAlone ? server : { mcpServers: { [text]: server } });
        for (const pasted of [whole, whole.slice(0, whole.length - cut), `Here it is:\n${whole}`]) {
          expect(JSON.stringify(readPasted(pasted))).not.toContain('PLANTED');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
