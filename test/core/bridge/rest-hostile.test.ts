/** Web APIs and programs that go wrong, or at the wrong moment. */
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/faults.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
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

const key = { authorization: 'Bearer key-of-n8n' };

function open(method: string, path: string, headers: Record<string, string | string[]> = {}): ClientRequest {
  const request = httpRequest({
    host: '127.0.0.1',
    port: bridge.httpPort,
    method,
    path,
    headers: { ...key, ...headers },
    agent: false,
  });
  return request.on('error', () => undefined);
}

async function answerOf(request: ClientRequest) {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

function send(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const request = open(method, path, { ...headers, ...length });
  request.end(body);
  return answerOf(request);
}

const taken: [string, () => void, string][] = [
  ['refusing the program', () => broker.fail('program-refused', 'shop'), 'program-refused'],
  ['pausing', () => broker.setState('paused', 'shop'), 'paused'],
  ['removing the key', () => broker.removeKey('key-of-n8n'), 'client-key-wrong'],
];

describe('what is taken away', () => {
  it.each(taken)('by %s while access is got is not used afterwards', async (_, act, error) => {
    let go: () => void = () => undefined;
    const { get } = broker.accessTokens;
    const asked = new Promise<void>((resolve) => {
      broker.accessTokens.get = async (request) => {
        const access = await get(request);
        resolve();
        await new Promise<void>((given) => {
          go = given;
        });
        return access;
      };
    });
    const answer = send('POST', '/api/shop/pay', {}, '{}');
    await asked;
    act();
    go();
    expect(JSON.parse((await answer).text)).toMatchObject({ error });
    expect(api.seen).toEqual([]);
  });

  it.each(taken)('by %s while access is renewed is not sent a second time', async (_, act, error) => {
    broker.nextToken = 'new';
    api.takes = new Set(['Bearer new']);
    const { get } = broker.accessTokens;
    broker.accessTokens.get = async (request) => {
      const access = await get(request);
      if (request.rejected) act();
      return access;
    };
    expect(JSON.parse((await send('POST', '/api/shop/pay', {}, '{}')).text)).toMatchObject({ error });
    expect(api.seen).toHaveLength(1);
  });

  it('ends a request whose body is still on its way', async () => {
    const request = open('POST', '/api/shop/pay', { 'content-length': '5' });
    request.write('{');
    await eventually(() => broker.seen.gets === 1);
    const answer = answerOf(request);
    broker.removeKey('key-of-n8n');
    expect((await answer).status).toBe(401);
    await eventually(() => broker.subscribers === 0);
    await eventually(() => api.seen.every(({ aborted }) => aborted));
  });
});

it.each(['/mcp/tools', '/mcp/_oauth'])(
  'a key that is removed while a message comes in at %s is no key any more',
  async (path) => {
    broker.add('tools', `${api.origin}/mcp`);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
    const request = open('POST', path, { 'content-type': 'application/json', 'content-length': String(body.length) });
    request.write(body.slice(0, 10));
    const arrived = new Promise<void>((resolve) => {
      broker.clientOfKey = (given) => {
        resolve();
        return broker.keys.get(given);
      };
    });
    await arrived;
    broker.removeKey('key-of-n8n');
    const answer = answerOf(request);
    request.end(body.slice(10));
    expect(JSON.parse((await answer).text)).toMatchObject({ error: 'client-key-wrong' });
    expect(api.seen).toEqual([]);
  },
);

it('another account’s stream is that account’s: it ends with its sign-out, and is remembered as its own', async () => {
  api.intercept = (_, response, { headers }) => {
    if (headers.authorization === 'Bearer token-of-ada') {
      broker.signedInAs('bob', 'shop');
      response.writeHead(401).end();
    } else {
      response.writeHead(200);
      response.write('bob’s');
    }
    return true;
  };
  const request = open('GET', '/api/shop/x');
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'data');
  const closed = once(response, 'close').catch(() => undefined);
  broker.signedInAs('ada', 'shop');
  broker.otherSignedOut('bob', 'shop');
  await closed;
  expect(broker.seen.calls).toMatchObject([{ account: 'bob', outcome: 'sign-in-needed' }]);
});

describe('a 401', () => {
  const refuses = (headers = {}, body: string | Buffer = '{"detail":"not for you"}') => {
    api.intercept = (_, response) => {
      response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer', ...headers });
      response.end(body);
      return true;
    };
  };

  it('of one place is that place’s answer where the service itself takes the access', async () => {
    broker.takesElsewhere = true;
    refuses();
    const answer = await send('POST', '/api/shop/pay', {}, '{}');
    expect([answer.status, answer.text]).toEqual([401, '{"detail":"not for you"}']);
    expect([answer.headers['conexor-fault'], answer.headers['www-authenticate']]).toEqual([undefined, undefined]);
    expect([api.seen.length, broker.seen.refreshes, broker.seen.reports]).toEqual([1, 0, []]);
    expect(broker.seen.calls).toMatchObject([{ outcome: 'forbidden' }]);
  });

  it('after a renewal is looked into likewise', async () => {
    broker.nextToken = 'new';
    api.intercept = (_, response) => {
      // The first was for the old access.
      broker.takesElsewhere = api.seen.length === 2;
      response.writeHead(401).end('no');
      return true;
    };
    const answer = await send('GET', '/api/shop/x');
    expect([answer.status, answer.text, api.seen.length, broker.seen.reports]).toEqual([401, 'no', 2, []]);
  });

  it('that is compressed is told without its noise', async () => {
    refuses({ 'content-encoding': 'gzip' }, gzipSync('{"detail":"no"}'));
    const { status, text } = await send('GET', '/api/shop/x', { 'accept-encoding': 'gzip' });
    expect([status, JSON.parse(text)]).toEqual([403, expect.objectContaining({ httpStatus: 401 })]);
    expect(JSON.parse(text)).not.toHaveProperty('upstream');
  });
});

it('a locked keychain is told as that, and not as a wrong key, at both doors', async () => {
  broker.clientOfKey = () => {
    throw new Fault('keychain-locked');
  };
  const ours = await send('GET', '/api/shop/x');
  expect([ours.status, JSON.parse(ours.text)]).toEqual([
    503,
    expect.objectContaining({ error: 'keychain-locked', message: expect.stringContaining('locked') }),
  ]);
  const mcp = await send('POST', '/mcp/shop', { 'content-type': 'application/json' }, '{}');
  expect([mcp.status, JSON.parse(mcp.text).error]).toEqual([503, 'keychain-locked']);
});

describe('connections', () => {
  it.each([
    ['without a key', ''],
    ['of a page', 'Origin: https://evil.example\r\nAuthorization: Bearer key-of-n8n\r\n'],
    ['by another name', 'Host: evil.example\r\nAuthorization: Bearer key-of-n8n\r\n'],
  ])('%s are closed with the refusal, whatever was still to come', async (_, fields) => {
    for (const path of ['/mcp/shop', '/api/shop/x']) {
      const socket = connect({ host: '127.0.0.1', port: bridge.httpPort });
      let text = '';
      socket
        .on('error', () => undefined)
        .on('data', (chunk: Buffer) => {
          text += chunk;
        });
      const host = fields.startsWith('Host') ? '' : `Host: 127.0.0.1:${bridge.httpPort}\r\n`;
      socket.write(`POST ${path} HTTP/1.1\r\n${host}${fields}Content-Length: 10\r\n\r\n`);
      await once(socket, 'close');
      expect(text).toMatch(/^HTTP\/1.1 40[13] /);
    }
  });

  it('an address that is refused does not wait for its body', async () => {
    const request = open('POST', '/api/shop/../x', { 'content-length': '10' });
    request.write('1');
    const closed = once(request, 'close');
    expect((await answerOf(request)).status).toBe(400);
    await closed;
  });
});

describe('an answer', () => {
  /** A service that says these bytes. */
  async function says(head: string | Buffer): Promise<() => void> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from(head as string), Buffer.from('\r\n\r\n{}')])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    broker.add('raw', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, true, true, 'rest');
    return () => server.close();
  }

  it('has the bytes of its fields as the service sent them', async () => {
    for (const bytes of [Buffer.from('caf\u00e9 \u4e16\u754c'), Buffer.from('caf\u00e9', 'latin1')]) {
      const close = await says(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-name: '), bytes]));
      const answer = await send('POST', '/api/raw/x', {}, '{}');
      expect([answer.status, answer.text]).toEqual([200, '{}']);
      expect(Buffer.from(String(answer.headers['x-name']), 'latin1')).toEqual(bytes);
      close();
    }
  });

  it.each(['__proto__: x', 'constructor: x', 'x-a: 1\r\nx-a: 2', 'x-empty:'])(
    'with %j passes all the same',
    async (field) => {
      const close = await says(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${field}`);
      expect(await send('POST', '/api/raw/x', {}, '{}')).toMatchObject({ status: 200, text: '{}' });
      close();
    },
  );

  it('that comes before a large request has been sent is passed on', async () => {
    api.intercept = (request, response) => {
      request.pause();
      response.writeHead(413, { connection: 'close' }).end('{"no":1}');
      return true;
    };
    const request = open('POST', '/api/shop/file', { 'content-length': String(50 * 1024 * 1024) });
    const answer = answerOf(request);
    Readable.from(Array.from({ length: 800 }, () => Buffer.alloc(64 * 1024))).pipe(request);
    expect(await answer).toMatchObject({ status: 413, text: '{"no":1}' });
    request.destroy();
  });

  it.each([
    ['the service’s', 'key-of-n8n', 'HTTP/1.1 413'],
    ['our own', 'no-such-key', 'HTTP/1.1 401'],
  ])('reaches a program that goes on sending before it reads, and closes afterwards: %s', async (_, own, status) => {
    api.intercept = (request, response) => {
      request.pause();
      response.writeHead(413, { connection: 'close' }).end('{"no":1}');
      return true;
    };
    const socket = connect({ host: '127.0.0.1', port: bridge.httpPort, allowHalfOpen: true });
    const size = 8 * 1024 * 1024;
    socket.on('error', () => undefined);
    socket.write(
      `POST /api/shop/file HTTP/1.1\r\nhost: 127.0.0.1:${bridge.httpPort}\r\nauthorization: Bearer ${own}\r\n` +
        `content-type: application/json\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n`,
    );
    const piece = Buffer.alloc(64 * 1024);
    socket.write(piece);
    await once(socket, 'readable');
    for (let sent = piece.length; sent < size; sent += piece.length) {
      await new Promise<void>((resolve, reject) => {
        socket.write(piece, (error) => (error ? reject(error) : resolve()));
      });
    }
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text.startsWith(status), text.slice(0, 80)).toBe(true);
  });

  it('is not waited with for ever where a program neither reads nor closes', async () => {
    const socket = connect({ host: '127.0.0.1', port: bridge.httpPort, allowHalfOpen: true });
    socket.write(`GET /api/shop/a HTTP/1.1\r\nhost: 127.0.0.1:${bridge.httpPort}\r\nconnection: close\r\n\r\n`);
    socket.on('error', () => undefined).resume();
    await once(socket, 'end');
    // Its own half stays open, and we let go of it all the same: an empty line is refused then.
    await eventually(() => {
      socket.write('\r\n');
      return socket.destroyed;
    });
  });
});

describe('where an answer leads', () => {
  async function fieldsOf(headers: Record<string, string | string[]>, status = 200) {
    api.answer = (_, response) => response.writeHead(status, headers).end();
    return (await send('GET', '/api/shop/a')).headers;
  }

  it('links are passed on where they are clean and ours, from every line', async () => {
    const own = `<${api.origin}/v2/b>`;
    for (const [lines, link] of [
      [
        [`${own}; rel=prev`, `</v2/c>; rel="next"; title="a, b"`],
        '</api/shop/b>; rel=prev, </api/shop/c>; rel="next"; title="a, b"',
      ],
      [[`${own}; rel=prev <http://evil.example/p>; rel="next"`], undefined],
      [[`${own}; title="x <http://evil.example/p>; rel=next"; rel=prev`], undefined],
      [[`${own}; rel=prev, <http://evil.example/p>; rel="next"`], '</api/shop/b>; rel=prev'],
      [[`, ${own} ;rel = prev ; x,, junk, ${own}`], '</api/shop/b> ;rel = prev ; x'],
      [[`${own}; rel="unclosed`, `${own}; rel=next`], '</api/shop/b>; rel=next'],
    ] as const) {
      expect([lines, (await fieldsOf({ link: [...lines] })).link]).toEqual([lines, link]);
    }
  });

  it('whole addresses in other fields lead here, or are left out where a program would go on there', async () => {
    const at = (path: string) => `${api.origin}/v2${path}`;
    expect(
      await fieldsOf({
        'operation-location': at('/ops/1?x=2'),
        'azure-asyncoperation': '/v2/ops/2',
        'x-next-page': at('/?page=2'),
        'x-self': at('/self'),
        'x-page': '7',
      }),
    ).toMatchObject({
      'operation-location': '/api/shop/ops/1?x=2',
      'azure-asyncoperation': '/api/shop/ops/2',
      'x-next-page': '/api/shop/?page=2',
      'x-self': '/api/shop/self',
      'x-page': '7',
    });
    const others = await fieldsOf({
      'operation-location': 'https://evil.example/op',
      'azure-asyncoperation': 'https://evil.example/op',
      'x-next-page': '//evil.example/',
      'x-prev': ' HTTPS://evil.example',
      uri: 'http://evil.example',
      'x-documentation': 'https://docs.example/errors',
    });
    expect(Object.keys(others).filter((name) => JSON.stringify(others[name]).includes('evil'))).toEqual([]);
    expect(others['x-documentation']).toBe('https://docs.example/errors');
  });
});
