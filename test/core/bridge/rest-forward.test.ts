import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
import { FakeWebApi } from '../../fakes/web-api.ts';

let api: FakeWebApi;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  api = await new FakeWebApi().start();
  api.takes = new Set(['Bearer token-of-ada', 'Bearer token-of-bob']);
  broker = new FakeBroker();
  broker.add('shop', `${api.origin}/v2`, true, true, 'rest');
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await api.stop();
});

const key = { authorization: 'Bearer key-of-n8n' };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Our own words, or the service's JSON. */
  json(): Record<string, unknown>;
}

function open(method: string, path: string, headers: Record<string, string | string[]> = key): ClientRequest {
  return httpRequest({ host: '127.0.0.1', port: bridge.httpPort, method, path, headers });
}

async function answerOf(request: ClientRequest): Promise<Answer> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) };
}

function send(method: string, path: string, headers?: Record<string, string | string[]>, body?: string | Buffer) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const request = open(method, path, { ...key, ...headers, ...length });
  request.end(body);
  return answerOf(request);
}

describe('a request to a web API', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s goes with method, path, query and body, and the connection’s access in place of the key',
    async (method) => {
      const body = method === 'GET' || method === 'OPTIONS' ? undefined : '{"name":"Ada"}';
      const answer = await send(method, '/api/shop/orders/7?state=open&x=%2F', { 'x-trace': 'abc' }, body);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({ method, target: '/v2/orders/7?state=open&x=%2F', body: body ?? '' });
      const { headers } = api.seen[0] ?? {};
      expect(headers).toMatchObject({
        authorization: 'Bearer token-of-ada',
        'x-trace': 'abc',
        host: api.origin.slice(7),
      });
    },
  );

  it('HEAD brings the head alone', async () => {
    api.answer = (_, response) => response.writeHead(200, { 'content-length': '17', 'x-total': '4' }).end();
    const answer = await send('HEAD', '/api/shop/orders');
    expect([answer.status, answer.headers['content-length'], answer.headers['x-total'], answer.text]).toEqual([
      200,
      '17',
      '4',
      '',
    ]);
  });

  it('the service’s status, fields and body pass as they are, also refusals of its own', async () => {
    for (const status of [201, 204, 400, 402, 403, 404, 409, 422, 429, 500, 503]) {
      api.answer = (_, response) => {
        response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '7', etag: '"v1"' });
        response.end(status === 204 ? undefined : `{"said":${status}}`);
      };
      const answer = await send('GET', '/api/shop/x');
      expect([answer.status, answer.text]).toEqual([status, status === 204 ? '' : `{"said":${status}}`]);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/problem+json',
        'retry-after': '7',
        etag: '"v1"',
      });
      expect(answer.headers['conexor-fault']).toBeUndefined();
    }
    expect(api.seen).toHaveLength(11);
  });

  it('nothing of the program’s key, address or cookies reaches the service', async () => {
    await send('POST', '/api/shop/x', {
      cookie: 'session=1',
      origin: `http://localhost:${bridge.httpPort}`,
      referer: 'http://localhost:3000/page',
      'proxy-authorization': 'Basic a2V5',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      te: 'trailers',
      connection: 'keep-alive, x-hop',
      'x-hop': 'mine',
      'x-api-key': 'key-of-n8n',
      'x-note': 'my key is key-of-n8n',
      'sec-fetch-site': 'same-origin',
      dpop: 'proof',
      'x-kept': 'yes',
    });
    const headers = api.seen[0]?.headers ?? {};
    expect(JSON.stringify(headers)).not.toContain('key-of-n8n');
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'connection', 'content-length', 'host', 'x-kept']);
    expect(headers.connection).toBe('keep-alive');
  });

  it('a service with another field than Authorization gets that one, whatever the program wrote there', async () => {
    broker.credentialOf = (token) => ({ ...bearer(token), headers: () => ({ 'x-api-key': token }) });
    api.takes = undefined;
    await send('GET', '/api/shop/x', { 'X-API-Key': 'guess' });
    expect(api.seen[0]?.headers['x-api-key']).toBe('token-of-ada');
    expect(api.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('a key in the address is sent nowhere', async () => {
    const answer = await send('GET', '/api/shop/x?api_key=key-of-n8n');
    expect([answer.status, answer.json()['error'], api.seen]).toEqual([400, 'address-refused', []]);
    expect(answer.text).not.toContain('key-of-n8n');
  });

  it('cookies, challenges, CORS and what binds to another address are kept from the program', async () => {
    api.answer = (_, response) => {
      response.writeHead(403, {
        'set-cookie': ['a=1', 'b=2'],
        'www-authenticate': 'Bearer realm="x"',
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
        'alt-svc': 'h3=":443"',
        refresh: '0;url=https://evil.example',
        'dpop-nonce': 'n',
        'strict-transport-security': 'max-age=1',
        'conexor-fault': 'paused',
        connection: 'close, x-hop',
        'x-hop': '1',
        'x-kept': 'yes',
      });
      response.end('{}');
    };
    const { headers } = await send('GET', '/api/shop/x', { origin: `http://127.0.0.1:${bridge.httpPort}` });
    const { date: _, connection: __, 'keep-alive': ___, ...rest } = headers;
    expect(rest).toEqual({ 'x-kept': 'yes', 'x-content-type-options': 'nosniff', 'transfer-encoding': 'chunked' });
  });

  it('what was asked is remembered by method and path; values of the query are not', async () => {
    await send('GET', '/api/shop/orders/7?customer=Ada');
    await eventually(() => broker.seen.calls.length === 1);
    expect(broker.seen.uses).toEqual(['id-shop n8n http']);
    expect(broker.seen.calls).toMatchObject([
      { connectionId: 'id-shop', program: 'n8n', account: 'ada', tool: 'GET /v2/orders/7', outcome: 'done' },
    ]);
  });
});

describe('the way there', () => {
  it.each([
    '/api/shop/../admin',
    '/api/shop/%2e%2e/admin',
    '/api/shop/..%2fadmin',
    '/api/shop//evil.example/',
    '/api/shop/..\\admin',
    '/api/shop/a/..;/b',
  ])('%s is refused in words, and nothing is sent', async (path) => {
    const answer = await send('GET', path);
    expect([answer.status, answer.json()['error'], answer.headers['conexor-fault']]).toEqual([
      400,
      'address-refused',
      'address-refused',
    ]);
    expect(answer.json()).toEqual({
      error: 'address-refused',
      message: expect.stringContaining('nothing was sent'),
      next: expect.any(String),
    });
    expect(api.seen).toEqual([]);
  });

  /** Bytes as they are, because clients put them right. */
  async function raw(head: string): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: bridge.httpPort });
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        text += chunk;
      });
    socket.write(
      `${head}\r\nHost: 127.0.0.1:${bridge.httpPort}\r\nAuthorization: Bearer key-of-n8n\r\nConnection: close\r\n\r\n`,
    );
    await once(socket, 'close');
    return text;
  }

  it('absolute forms of other places, CONNECT, TRACE and WebSockets lead nowhere', async () => {
    const other = api.origin.slice(7);
    expect(await raw(`GET http://${other}/v2/x HTTP/1.1`)).toMatch(/^HTTP\/1.1 403 /);
    expect(await raw(`CONNECT ${other} HTTP/1.1`)).not.toMatch(/^HTTP\/1.1 2/);
    expect(await raw('TRACE /api/shop/x HTTP/1.1')).toMatch(/^HTTP\/1.1 405 /);
    expect(await raw('GET /api/shop/x HTTP/1.1\r\nUpgrade: websocket')).toMatch(/^HTTP\/1.1 501 /);
    expect(await raw('OPTIONS * HTTP/1.1')).toMatch(/^HTTP\/1.1 404 /);
    expect(api.seen).toEqual([]);
    expect(await raw('GET /api/shop/x HTTP/1.1\r\nUpgrade: h2c')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('a head that is too large is refused', async () => {
    expect(await raw(`GET /api/shop/x?${'x'.repeat(20_000)} HTTP/1.1`)).toMatch(/^HTTP\/1.1 431 /);
    expect(api.seen).toEqual([]);
  });

  it.each([
    ['no key', { authorization: '' }, 401, 'client-key-wrong'],
    ['a wrong key', { authorization: 'Bearer token-of-ada' }, 401, 'client-key-wrong'],
    ['a page’s origin', { ...key, origin: 'https://evil.example' }, 403, 'host-refused'],
    ['another program’s page', { ...key, origin: 'http://127.0.0.1:9999' }, 403, 'host-refused'],
    ['an opaque origin', { ...key, origin: 'null' }, 403, 'host-refused'],
    ['a page of another site', { ...key, 'sec-fetch-site': 'cross-site' }, 403, 'host-refused'],
    ['a page at another port', { ...key, 'sec-fetch-site': 'same-site' }, 403, 'host-refused'],
    ['another name', { ...key, host: 'evil.example' }, 403, 'host-refused'],
  ])('%s: refused in JSON without a challenge or CORS', async (_, headers, status, error) => {
    const answer = await send('GET', '/api/shop/x', headers);
    expect([answer.status, answer.json()['error'], answer.headers['conexor-fault']]).toEqual([status, error, error]);
    expect(Object.keys(answer.json())).toEqual(['error', 'message', 'next']);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(api.seen).toEqual([]);
  });

  it('a browser’s preflight gets no CORS', async () => {
    const request = open('OPTIONS', '/api/shop/x', {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'PUT',
    });
    request.end();
    const { status, headers } = await answerOf(request);
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('a server of tools has no web API, and an unknown name nothing', async () => {
    broker.add('sales', `${api.origin}/mcp`);
    const tools = await send('GET', '/api/sales/x');
    expect([tools.status, tools.json()['error'], tools.json()['next']]).toEqual([
      404,
      'no-web-api',
      'Its local address is /mcp/sales.',
    ]);
    expect((await send('GET', '/api/unknown/x')).json()['error']).toBe('connection-unknown');
    expect((await send('GET', '/api/_oauth/x')).status).toBe(404);
    expect(api.seen).toEqual([]);
  });
});

describe('addresses in answers', () => {
  const redirect = (location: string, status = 302) => {
    api.answer = (_, response) => response.writeHead(status, { location }).end();
  };

  it.each([301, 302, 303, 307, 308])(
    '%i that stays inside leads to the local address, and is not followed here',
    async (status) => {
      redirect(`${api.origin}/v2/orders/8?x=1`, status);
      const answer = await send('POST', '/api/shop/orders', {}, '{}');
      expect([answer.status, answer.headers.location]).toEqual([status, '/api/shop/orders/8?x=1']);
      expect(api.seen).toHaveLength(1);
    },
  );

  it.each(['https://evil.example/x', '//evil.example/x', '/login', '../../etc', 'http://127.0.0.1:1/v2'])(
    'a redirect to %s is told, not passed on: nobody shows our key there',
    async (location) => {
      redirect(location);
      const answer = await send('GET', '/api/shop/file/1');
      expect([answer.status, answer.headers.location, answer.json()['error']]).toEqual([
        502,
        undefined,
        'redirect-elsewhere',
      ]);
      expect(String(answer.json()['location'])).toBe(new URL(location, `${api.origin}/v2/file/1`).href);
    },
  );

  it('a redirect to no web address names none', async () => {
    redirect('javascript:alert(1)');
    expect((await send('GET', '/api/shop/x')).json()).not.toHaveProperty('location');
  });

  it('Location of what was made, and links to further pages, lead here or are left out', async () => {
    api.answer = (_, response) => {
      response.writeHead(201, {
        location: `${api.origin}/v2/orders/9`,
        'content-location': 'https://evil.example/9',
        link: `<${api.origin}/v2/orders?page=2>; rel="next", <https://evil.example/a,b>; rel="help", </v2/orders>; rel=first`,
      });
      response.end();
    };
    const { headers } = await send('POST', '/api/shop/orders', {}, '{}');
    expect(headers).toMatchObject({
      location: '/api/shop/orders/9',
      link: '</api/shop/orders?page=2>; rel="next", </api/shop/orders>; rel=first',
    });
    expect(headers['content-location']).toBeUndefined();
    api.answer = (_, response) => response.writeHead(201, { location: 'https://evil.example/9' }).end();
    expect((await send('POST', '/api/shop/orders')).headers.location).toBeUndefined();
  });
});

describe('streams', () => {
  it('an endless answer passes event by event, and ends at the service when the program goes', async () => {
    api.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    };
    const request = open('GET', '/api/shop/events');
    request.on('error', () => undefined);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    const [first] = await once(response, 'data');
    expect(String(first)).toBe('data: 1\n\n');
    expect(api.seen[0]?.aborted).toBe(false);
    request.destroy();
    await eventually(() => api.seen[0]?.aborted === true);
    await eventually(() => broker.seen.calls.length === 1);
    expect(broker.seen.calls[0]?.outcome).toBe('cancelled');
  });

  it('a large answer comes at the pace of whoever reads it', async () => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    let sent = 0;
    let full: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => {
      full = resolve;
    });
    const total = 256;
    api.answer = (_, response) => {
      response.writeHead(200, { 'content-length': String(total * chunk.length) });
      const more = () => {
        while (sent < total) {
          sent += 1;
          if (!response.write(chunk)) {
            full();
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    const request = open('GET', '/api/shop/large');
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.pause();
    await stalled;
    // Nobody reads: what fits into buffers on the way is sent, and no more.
    let before = -1;
    await eventually(() => {
      const same = before === sent;
      before = sent;
      return same;
    });
    expect(sent).toBeLessThan(total);
    let size = 0;
    for await (const part of response) size += (part as Buffer).length;
    expect(size).toBe(total * chunk.length);
  });

  it('a large body streams up while it is written, with its length', async () => {
    const request = open('PUT', '/api/shop/file', { ...key, 'content-length': String(3 * 1024 * 1024) });
    const answered = answerOf(request);
    request.write(Buffer.alloc(1024, 'a'));
    let first: number | undefined;
    api.intercept = (incoming, response) => {
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        first ??= size;
      });
      incoming.on('end', () => response.end(String(size)));
      return true;
    };
    await eventually(() => first === 1024);
    request.end(Buffer.alloc(3 * 1024 * 1024 - 1024, 'b'));
    expect((await answered).text).toBe(String(3 * 1024 * 1024));
    expect(api.seen[0]?.headers['content-length']).toBe(String(3 * 1024 * 1024));
  });

  it('a body in chunks passes, and breaks off at the service where the program breaks off', async () => {
    const whole = open('POST', '/api/shop/file', { ...key, 'transfer-encoding': 'chunked' });
    whole.write('one,');
    whole.end('two');
    expect((await answerOf(whole)).json()['body']).toBe('one,two');

    const broken = open('POST', '/api/shop/file', { ...key, 'transfer-encoding': 'chunked' });
    broken.on('error', () => undefined);
    broken.write('half');
    await eventually(() => api.seen[1]?.body === 'half');
    broken.destroy();
    await eventually(() => api.seen[1]?.aborted === true);
    await eventually(() => broker.seen.calls.length === 2);
    expect(broker.seen.calls[1]?.outcome).toBe('cancelled');
  });

  it('a program that goes while access is got leaves nothing behind', async () => {
    broker.accessHeld = new Promise((resolve) => setTimeout(resolve, 200));
    const request = open('POST', '/api/shop/x', { ...key, 'content-length': '10' });
    request.on('error', () => undefined);
    request.write('half');
    await eventually(() => broker.seen.uses.length === 1);
    request.destroy();
    await eventually(() => broker.seen.calls.length === 1);
    expect([broker.seen.calls[0]?.outcome, api.seen, broker.subscribers]).toEqual(['cancelled', [], 0]);
  });

  it('a service that answers before it has read all is heard', async () => {
    api.intercept = (_, response) => {
      response.writeHead(413, { connection: 'close' }).end('too much');
      return true;
    };
    const request = open('POST', '/api/shop/file', { ...key, 'transfer-encoding': 'chunked' });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(100_000));
    const answer = await answerOf(request);
    expect([answer.status, answer.text]).toEqual([413, 'too much']);
    request.destroy();
  });

  it('an answer that breaks off breaks off here too', async () => {
    api.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      response.socket?.end();
    };
    const request = open('GET', '/api/shop/x');
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await expect(
      (async () => {
        for await (const _ of response);
      })(),
    ).rejects.toThrow();
    await eventually(() => broker.seen.calls.length === 1);
    expect(broker.seen.calls[0]?.outcome).toBe('answer-lost');
  });
});

describe('access', () => {
  it('refused access is renewed once, and the request sent once more', async () => {
    api.takes = new Set(['Bearer new']);
    broker.nextToken = 'new';
    const answer = await send('POST', '/api/shop/orders', {}, '{"n":1}');
    expect([answer.status, answer.json()['body']]).toEqual([200, '{"n":1}']);
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-of-ada', 'Bearer new']);
    expect(broker.seen.refreshes).toBe(1);
  });

  it('a small body in chunks is still there for the second time', async () => {
    api.takes = new Set(['Bearer new']);
    broker.nextToken = 'new';
    api.intercept = (request, response, seen) => {
      if (seen.headers.authorization === 'Bearer new') return false;
      request.on('end', () => response.writeHead(401).end()).resume();
      return true;
    };
    const request = open('POST', '/api/shop/orders', { ...key, 'transfer-encoding': 'chunked' });
    request.end('{"n":1}');
    expect((await answerOf(request)).json()['body']).toBe('{"n":1}');
  });

  it('access refused twice is told in words, without a challenge and without a third try', async () => {
    api.takes = new Set();
    broker.nextToken = 'new';
    const answer = await send('GET', '/api/shop/x');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, undefined]);
    expect(answer.json()).toMatchObject({
      error: 'sign-in-needed',
      next: expect.stringContaining('Sign in'),
      httpStatus: 401,
      upstream: { detail: 'Invalid token.' },
    });
    expect(api.seen).toHaveLength(2);
    expect(broker.seen.reports).toEqual([{ kind: 'unauthorized' }]);
  });

  it('an answer after all says that the access is good again', async () => {
    broker.setState('removed-by-service', 'shop');
    expect((await send('GET', '/api/shop/x')).status).toBe(200);
    expect(broker.seen.reports).toEqual([{ kind: 'answered' }]);
  });

  it('where it cannot be renewed, what the service said is told', async () => {
    api.takes = new Set();
    const answer = await send('GET', '/api/shop/x');
    expect(answer.json()).toMatchObject({ error: 'sign-in-needed', upstream: { detail: 'Invalid token.' } });
    expect(api.seen).toHaveLength(1);
  });

  it('a large body that is gone is asked for again, with the new access ready', async () => {
    api.takes = new Set(['Bearer new']);
    broker.nextToken = 'new';
    const large = Buffer.alloc(2 * 1024 * 1024, 'x');
    api.intercept = (request, response, seen) => {
      if (seen.headers.authorization === 'Bearer new') return false;
      request.on('end', () => response.writeHead(401).end()).resume();
      return true;
    };
    const first = await send('POST', '/api/shop/file', {}, large);
    expect([first.status, first.json()['error']]).toEqual([502, 'send-again']);
    expect((await send('POST', '/api/shop/file', {}, large)).status).toBe(200);
  });

  it('an answer that asks for another proof gets it once', async () => {
    broker.credentialOf = (token) => {
      let nonce = '';
      return {
        ...bearer(token),
        headers: ({ method, url }) => ({ authorization: `DPoP ${token}`, dpop: `${method} ${url} ${nonce}` }),
        heard(answer) {
          const given = answer.header('dpop-nonce');
          const isNew = answer.status === 401 && given !== undefined && given !== nonce;
          nonce = given ?? nonce;
          return isNew;
        },
      };
    };
    api.takes = undefined;
    api.intercept = (request, response, { headers }) => {
      if (String(headers['dpop']).endsWith('n-1')) return false;
      request.resume();
      response.writeHead(401, { 'dpop-nonce': 'n-1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' }).end();
      return true;
    };
    const answer = await send('POST', '/api/shop/orders?x=1', {}, '{}');
    expect(answer.status).toBe(200);
    expect(api.seen[1]?.headers['dpop']).toBe(`POST ${api.origin}/v2/orders?x=1 n-1`);
    expect(broker.seen.refreshes).toBe(0);
  });

  it('signed out, paused and locked are told by their own statuses, and nothing is sent', async () => {
    const told = async () => {
      const answer = await send('GET', '/api/shop/x');
      expect(answer.headers['www-authenticate']).toBeUndefined();
      return [answer.status, answer.json()['error']];
    };
    broker.setState('paused', 'shop');
    expect(await told()).toEqual([403, 'paused']);
    broker.signedOut('shop');
    expect(await told()).toEqual([403, 'sign-in-needed']);
    for (const [fault, status] of [
      ['program-waiting', 403],
      ['program-refused', 403],
      ['keychain-locked', 503],
      ['generation-limit', 429],
      ['unreachable', 502],
    ] as const) {
      broker.fail(fault, 'shop');
      expect(await told()).toEqual([status, fault]);
    }
    expect(api.seen).toEqual([]);
  });

  it('limits, refusals and being out of reach are told to the broker', async () => {
    const answers = async (status: number, headers = {}) => {
      api.answer = (_, response) => response.writeHead(status, headers).end('{}');
      await send('GET', '/api/shop/x');
    };
    await answers(402);
    await answers(200);
    await answers(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="orders:write"' });
    await answers(403);
    expect(broker.seen.reports).toEqual([
      { kind: 'plan-limit' },
      { kind: 'answered' },
      { kind: 'permission-needed', scopes: ['orders:write'] },
    ]);
    expect(broker.seen.calls.map(({ outcome }) => outcome)).toEqual([
      'plan-limit',
      'done',
      'permission-needed',
      'forbidden',
    ]);
    await api.stop();
    const gone = await send('GET', '/api/shop/x');
    expect([gone.status, gone.json()['error']]).toEqual([502, 'unreachable']);
    expect(broker.seen.reports.at(-1)).toEqual({ kind: 'unreachable' });
    api = await new FakeWebApi().start();
  });

  it.each([
    ['pausing', () => broker.setState('paused', 'shop')],
    ['signing out', () => broker.signedOut('shop')],
    ['removing the key', () => broker.removeKey('key-of-n8n')],
    ['removing the connection', () => broker.remove('shop')],
  ])('%s ends what runs', async (_, act) => {
    api.answer = (__, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    };
    const request = open('GET', '/api/shop/events');
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    response.on('error', () => undefined);
    const closed = new Promise((resolve) => response.on('close', resolve));
    act();
    await closed;
    expect(response.complete).toBe(false);
    await eventually(() => api.seen[0]?.aborted === true);
    await eventually(() => broker.subscribers === 0);
  });

  it('taken away before the answer has begun, it is told why', async () => {
    api.answer = () => broker.setState('paused', 'shop');
    const answer = await send('GET', '/api/shop/x');
    expect([answer.status, answer.json()['error']]).toEqual([403, 'paused']);
  });

  it('another account that is chosen meanwhile leaves a running request alone', async () => {
    api.answer = (_, response) => {
      broker.signedInAs('bob', 'shop');
      response.end('{}');
    };
    expect((await send('GET', '/api/shop/x')).status).toBe(200);
    api.answer = (_, response, { headers }) => response.end(headers.authorization);
    expect((await send('GET', '/api/shop/x')).text).toBe('Bearer token-of-bob');
  });

  it('a service that wants no sign-in gets none, and its 401 is told', async () => {
    broker.add('open', api.origin, true, false, 'rest');
    const answer = await send('GET', '/api/open/x');
    expect(api.seen[0]?.headers.authorization).toBeUndefined();
    expect([answer.status, answer.json()['error'], api.seen.length]).toEqual([403, 'sign-in-needed', 1]);
  });
});

function bearer(token: string) {
  return new FakeBroker().credentialOf(token);
}
