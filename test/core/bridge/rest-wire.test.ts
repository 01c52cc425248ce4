/** What stands on the wire between programs, the local door and a web API, byte for byte. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headerCredential } from '../../../electron/core/credentials/credential.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
import { FakeMcpServer } from '../../fakes/mcp-server.ts';
import { FakeWebApi } from '../../fakes/web-api.ts';

let api: FakeWebApi;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  api = await new FakeWebApi().start();
  broker = new FakeBroker();
  broker.add('shop', `${api.origin}/v2`, true, true, 'rest');
  bridge = await testBridge(broker);
});
afterEach(async () => {
  await bridge.stop();
  await api.stop();
});

const own = 'Authorization: Bearer key-of-n8n\r\n';
const close = 'Connection: close\r\n';
const host = () => `Host: 127.0.0.1:${bridge.httpPort}\r\n`;

function opened(bytes: string, allowHalfOpen = false): Socket {
  const socket = connect({ host: '127.0.0.1', port: bridge.httpPort, allowHalfOpen });
  socket.on('error', () => undefined).write(bytes);
  return socket;
}

/** All that is answered to these bytes; ends when the connection does. */
async function said(bytes: string): Promise<string> {
  const socket = opened(bytes);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}

const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\n${host()}${own}${fields}${close}\r\n`;
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

/** A service that says these bytes. */
async function service(bytes: string | Buffer): Promise<() => void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => void socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  broker.add('odd', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, true, true, 'rest');
  return () => void server.close();
}

describe('requests of one connection', () => {
  it('end with it, all of them, and are worked on one after the other', async () => {
    let go: () => void = () => undefined;
    api.intercept = (_, response) => {
      go = () => response.end('done');
      return true;
    };
    const request = `GET /api/shop/slow HTTP/1.1\r\n${host()}${own}\r\n`;
    const socket = opened(request.repeat(10));
    await eventually(() => api.seen.length === 1);
    go();
    await eventually(() => api.seen.length === 2);
    socket.destroy();
    await eventually(() => api.seen[1]?.aborted === true);
    await eventually(() => broker.subscribers === 0);
    expect(api.seen).toHaveLength(2);
  });

  it('at a server of tools end with it as well', async () => {
    const server = await new FakeMcpServer().start();
    try {
      broker.add('tools', server.url);
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
      const get = `GET /api/shop/slow HTTP/1.1\r\n${host()}${own}\r\n`;
      const post = `POST /mcp/tools HTTP/1.1\r\n${host()}${own}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      api.intercept = () => true;
      const socket = opened(get + post);
      await eventually(() => api.seen.length === 1);
      socket.destroy();
      await eventually(() => api.seen[0]?.aborted === true);
      await eventually(() => broker.subscribers === 0);
      expect(broker.seen.gets).toBe(1);
    } finally {
      await server.stop();
    }
  });

  it('are answered in their order, each with its body', async () => {
    const post = (n: number, last = '') =>
      `POST /api/shop/${n} HTTP/1.1\r\n${host()}${own}${last}Content-Length: 2\r\n\r\n${n}${n}`;
    const answers = await said(post(1) + post(2) + post(3, close));
    expect([...answers.matchAll(/"body":"(\d+)"/g)].map(([, body]) => body)).toEqual(['11', '22', '33']);
  });

  it('that are far too many close it', async () => {
    api.intercept = () => true;
    const closed = said(`GET /api/shop/slow HTTP/1.1\r\n${host()}${own}\r\n`.repeat(300));
    expect(await closed).toBe('');
    await eventually(() => broker.subscribers === 0);
    expect(api.seen.length).toBeLessThanOrEqual(1);
  });

  it('that come after we have closed are not carried out either', async () => {
    const socket = opened(`POST /api/shop/../x HTTP/1.1\r\n${host()}${own}Content-Length: 2\r\n\r\n1`, true);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 400 /);
    socket.resume().end(`2${get('/api/shop/behind')}`);
    await once(socket, 'close');
    expect(broker.seen.gets).toBe(0);
    expect(api.seen).toEqual([]);
  });

  it('behind one that was the last are not carried out', async () => {
    const last = get('/api/shop/last');
    expect(await said(last + get('/api/shop/behind'))).toContain('/v2/last');
    expect(api.seen.map(({ target }) => target)).toEqual(['/v2/last']);
  });
});

describe('an answer', () => {
  it.each([
    ['304 Not Modified', 304],
    ['204 No Content', 204],
  ])('%s that tells a length is passed on, for it has no body', async (line) => {
    const stop = await service(`HTTP/1.1 ${line}\r\nETag: "v1"\r\nContent-Length: 5\r\n\r\n`);
    const answer = await said(get('/api/odd/x'));
    stop();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${line}\r\n`));
    expect(answer).toContain('etag: "v1"');
    expect(answer).toMatch(/\r\n\r\n$/);
  });

  it('that breaks off does not look whole to a program of HTTP/1.0', async () => {
    api.answer = (_, response) => {
      response.writeHead(200);
      response.write('half');
    };
    const socket = opened(`GET /api/shop/x HTTP/1.0\r\n${host()}${own}\r\n`);
    const ended = new Promise((resolve) => {
      socket.on('error', ({ message }) => resolve(message)).on('end', () => resolve('looks whole'));
    });
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => chunk.includes('half') && resolve());
    });
    await api.stop();
    expect(await ended).toMatch(/ECONNRESET/);
    await api.start();
  });

  it('in a transfer coding that nobody asked for is not passed on as if it were plain', async () => {
    const packed = gzipSync('{"a":1}');
    const stop = await service(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${packed.length.toString(16)}\r\n`),
        packed,
        Buffer.from('\r\n0\r\n\r\n'),
      ]),
    );
    const answer = await said(get('/api/odd/x'));
    stop();
    expect(answer).toMatch(/^HTTP\/1.1 502 /);
    expect(bodyOf(answer)).toMatchObject({ error: 'service-answer-invalid' });
  });

  it.each([407, 511])('%i is a network’s, and told as that', async (status) => {
    api.answer = (_, response) => response.writeHead(status).end('log in to the network');
    const answer = await said(get('/api/shop/x'));
    expect(answer).toMatch(/^HTTP\/1.1 502 /);
    expect(bodyOf(answer)).toMatchObject({ error: status === 407 ? 'proxy-refused' : 'captive-portal' });
  });
});

describe('the access', () => {
  const access = 'token-of-ada';

  it('is not read from where a redirect leads', async () => {
    api.answer = (_, response) =>
      response.writeHead(302, { location: `http://other.example/${access}?access_token=${access}` }).end();
    const answer = await said(get('/api/shop/x'));
    expect(bodyOf(answer)).toMatchObject({ error: 'redirect-elsewhere' });
    expect(answer).not.toContain(access);
  });

  it('is not read from an address of the connection’s own, or from any other field', async () => {
    api.answer = (_, response) =>
      response
        .writeHead(302, {
          location: `/v2/next?access_token=${access}`,
          link: `</v2/p?t=${access}>; rel=next`,
          'x-echo': ['a', `Bearer ${access}`],
        })
        .end();
    const answer = await said(get('/api/shop/x'));
    expect(answer).toContain('/api/shop/next?access_token=[secret]');
    expect(answer).not.toContain(access);
  });

  it.each(['{"you":{"sent":"Bearer token-of-ada"}}', 'you sent token-of-ada'])(
    'is not read from what a service says that refuses it: %s',
    async (text) => {
      api.answer = (_, response) => response.writeHead(401).end(text);
      const answer = await said(get('/api/shop/x'));
      expect(bodyOf(answer)).toMatchObject({ error: 'sign-in-needed', httpStatus: 401 });
      expect(answer).toContain('[secret]');
      expect(answer).not.toContain(access);
    },
  );

  it('stands alone in its field, however a program spells that field', async () => {
    broker.credentialOf = (token) => headerCredential('x-secret-key', undefined, new Secret(token));
    await said(get('/api/shop/x', 'x_secret_key: mine\r\nX-Secret-Key: mine\r\nx.secret.key: mine\r\nx-kept: yes\r\n'));
    const { headers } = api.seen[0] ?? {};
    expect(JSON.stringify(headers)).not.toContain('mine');
    expect(headers).toMatchObject({ 'x-secret-key': access, 'x-kept': 'yes' });
  });
});

describe('a request', () => {
  it.each([
    'X-Original-URL: /admin',
    'X-Rewrite-URL: /admin',
    'x_original_url: /admin',
    'X-Original-Host: evil.example',
    'X-Host: evil.example',
    'x_forwarded_host: evil.example',
    'X-Forwarded: for=1.2.3.4',
    'X-Client-IP: 1.2.3.4',
    'True-Client-IP: 1.2.3.4',
    'Client-IP: 1.2.3.4',
    'X_Real_IP: 1.2.3.4',
    'Content_Length: 1',
  ])('takes no %s to the service', async (field) => {
    await said(get('/api/shop/x', `${field}\r\n`));
    expect(Object.keys(api.seen[0]?.headers ?? {}).sort()).toEqual(['authorization', 'connection', 'host']);
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'x_http_method'])(
    'that is another one by %s is not sent, for without it it would do something else',
    async (name) => {
      const answer = await said(get('/api/shop/x', `${name}: TRACE\r\n`));
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(bodyOf(answer)).toMatchObject({ error: 'method-override' });
      expect(api.seen).toEqual([]);
    },
  );

  it.each(['/api/shop/x', '/mcp/shop', '/mcp/nothing'])(
    'in a transfer coding that is not known is refused at %s (RFC 9112 s6.1)',
    async (path) => {
      const coded = `POST ${path} HTTP/1.1\r\n${host()}${own}Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`;
      const answer = await said(coded);
      expect(answer).toMatch(/^HTTP\/1.1 501 /);
      expect(bodyOf(answer)).toMatchObject({ error: 'transfer-coding' });
      expect(api.seen).toEqual([]);
    },
  );

  it('in absolute form is the same request (RFC 9112 s3.2.2)', async () => {
    const answer = await said(get(`http://127.0.0.1:${bridge.httpPort}/api/shop/x?a=1`));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(api.seen[0]?.target).toBe('/v2/x?a=1');
  });

  it.each(['http://evil.example/api/shop/x', 'http://a@127.0.0.1/api/shop/x', 'http://127.0.0.1:1/api/shop/x'])(
    'in absolute form for another place is refused: %s',
    async (target) => {
      expect(await said(get(target))).toMatch(/^HTTP\/1.1 403 /);
      expect(api.seen).toEqual([]);
    },
  );

  it('with two Host lines is refused (RFC 9112 s3.2)', async () => {
    const answer = await said(get('/api/shop/x', host()));
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(bodyOf(answer).message).toContain('Host');
    expect(api.seen).toEqual([]);
  });

  it.each([
    ['CONNECT', () => `CONNECT 127.0.0.1:80 HTTP/1.1\r\n${host()}\r\n`, 405],
    ['an Expect that is not known', () => get('/api/shop/x', 'Expect: 200-foo\r\n'), 417],
    ['a line that is no request', () => 'what is this\r\n\r\n', 400],
    ['a head that is too large', () => get(`/api/shop/${'x'.repeat(20_000)}`), 431],
  ])('%s is refused in words', async (_, bytes, status) => {
    const answer = await said(bytes());
    expect(answer.startsWith(`HTTP/1.1 ${status} `), answer).toBe(true);
    expect(bodyOf(answer)).toEqual({ error: expect.any(String), message: expect.stringMatching(/\w\.$/) });
  });
});

describe('a redirect', () => {
  it('to the same host outside of the path is told as that', async () => {
    api.answer = (_, response) => response.writeHead(302, { location: '/admin' }).end();
    const { message } = bodyOf(await said(get('/api/shop/x')));
    expect(message).toContain('/admin at its own host');
    expect(message).toContain(`not below ${api.origin}/v2`);
  });
});

describe('a field that says where to go on', () => {
  it.each([
    'x-redirect',
    'x-nexturl',
    'x-next_url',
    'x-continue',
    'x-resume',
    'x-continuation',
    'x-poll',
    'x-callback',
    'x-upload-endpoint',
    'location-x',
    'next-link',
    'operation-location',
  ])('%s passes with the connection’s own address made local, and with no other', async (name) => {
    const evil = ['http://evil.example/p', '"http://evil.example/p"', 'ftp://evil.example/p', 'evil.example/p'];
    for (const value of [
      ...evil,
      '//evil.example/p',
      'https:evil.example/p',
      '<https://evil.example>',
      '\\\\evil.example',
    ]) {
      api.answer = (_, response) => response.writeHead(200, { [name]: value }).end();
      const answer = await said(get('/api/shop/x'));
      expect(answer, value).toMatch(/^HTTP\/1.1 200 /);
      if (name === 'operation-location' && value === 'evil.example/p') continue;
      expect(answer, value).not.toContain('evil');
    }
    for (const [value, here] of [
      [`${api.origin}/v2/p`, '/api/shop/p'],
      ...(name === 'operation-location'
        ? []
        : [
            ['17', '17'],
            ['eyJh.bGci.T2k', 'eyJh.bGci.T2k'],
            ['12:30', '12:30'],
          ]),
    ]) {
      api.answer = (_, response) => response.writeHead(200, { [name]: value }).end();
      expect(await said(get('/api/shop/x'))).toContain(`${name}: ${here}\r\n`);
    }
  });
});
