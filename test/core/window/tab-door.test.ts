/** The window in a browser's tab: the way in works, and nobody else gets in. */
import { execFile } from 'node:child_process';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pageKeyHeader } from '../../../shared/window-paths.ts';
import { eventually } from '../../fakes/line-host.ts';
import { type TestTabDoor, testTabDoor } from '../../fakes/tab-door.ts';

let tab: TestTabDoor;
beforeEach(async () => {
  tab = await testTabDoor();
});
afterEach(() => tab.stop());

const json = { 'content-type': 'application/json' };
const minute = 60_000;

interface Opened {
  readonly cookie: string;
  readonly claim: string;
}

/** As a browser that was sent to the address. */
async function open(cookie?: string): Promise<Opened> {
  const { pathname, search } = new URL(tab.door.address());
  const answer = await tab.send('GET', pathname + search, cookie === undefined ? {} : { cookie });
  expect(answer.status).toBe(303);
  return {
    cookie: String(answer.headers['set-cookie']?.[0]?.split(';')[0]),
    claim: String(answer.headers.location?.split('#claim=')[1]),
  };
}

const claim = (opened: Opened) =>
  tab.send(
    'POST',
    '/window/claim',
    { ...json, cookie: opened.cookie, origin: tab.origin },
    JSON.stringify({ claim: opened.claim }),
  );

/** What a page that was let in sends with everything. */
async function letIn(): Promise<Record<string, string>> {
  const opened = await open();
  const { key } = JSON.parse((await claim(opened)).text) as { key: string };
  return { cookie: opened.cookie, origin: tab.origin, 'sec-fetch-site': 'same-origin', [pageKeyHeader]: key };
}

const ask = (headers: object, body = '{}') => tab.send('POST', '/window/ask/state', { ...json, ...headers }, body);

describe('the way in', () => {
  it('is an address that becomes a cookie for this port alone', async () => {
    const address = new URL(tab.door.address());
    expect(address.origin).toBe(tab.origin);
    // 256 bits.
    expect(address.searchParams.get('key')).toMatch(/^[\w-]{43}$/);
    const answer = await tab.send('GET', address.pathname + address.search);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(/^\/window\/#claim=[\w-]{43}$/);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^conexor_window_${tab.port}_[\\w-]{8}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/window$`),
      ),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  });

  it('gives the page its key once for each opening', async () => {
    const opened = await open();
    const first = await claim(opened);
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { key: expect.stringMatching(/^[\w-]{43}$/) }]);
    expect((await claim(opened)).status).toBe(401);
  });

  it('lets the page ask, and its argument and answer pass as they are', async () => {
    const page = await letIn();
    const answer = await ask(page, '{"a":["ü"]}');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { ok: true, result: {} }]);
    expect(tab.face.asked).toEqual([{ method: 'state', argument: { a: ['ü'] }, caller: 'tab 1' }]);
  });

  it('serves two windows of one browser side by side', async () => {
    const first = await letIn();
    const opened = await open(first['cookie']);
    // A browser sends all cookies that it has.
    const cookie = `${first['cookie']}; ${opened.cookie}`;
    const { key } = JSON.parse((await claim({ ...opened, cookie })).text) as { key: string };
    expect((await ask({ ...first, cookie })).status).toBe(200);
    expect((await ask({ ...first, cookie, [pageKeyHeader]: key })).status).toBe(200);
    expect(tab.face.asked.map(({ caller }) => caller)).toEqual(['tab 1', 'tab 2']);
  });

  it('makes a browser forget the cookies of windows that have ended, and no other', async () => {
    const { cookie } = await open();
    const name = `conexor_window_${tab.port}_`;
    const { pathname, search } = new URL(tab.door.address());
    const sent = `${name}before=x; a=b; ${cookie}; ${name}bad name=x; conexor_window_1_other=x; ${name}before=y`;
    const answer = await tab.send('GET', pathname + search, { cookie: sent });
    expect(answer.headers['set-cookie']?.slice(1)).toEqual([
      `${name}before=; HttpOnly; SameSite=Strict; Path=/window; Max-Age=0`,
    ]);
  });

  it('is found among cookies of its name that a page of another port has set before it', async () => {
    const page = await letIn();
    const name = String(page['cookie']).split('=')[0];
    const tossed = `${name}=evil; ${name}=; ${name}; conexor_window_${tab.port}=evil; ${page['cookie']}`;
    expect((await ask({ ...page, cookie: tossed })).status).toBe(200);
    expect((await tab.send('GET', '/window/', { cookie: tossed })).status).toBe(200);
    const opened = await open(tossed);
    const other = opened.cookie.split('=')[0];
    expect((await claim({ ...opened, cookie: `${other}=evil; ${tossed}; ${opened.cookie}` })).status).toBe(200);
    // However many there are, looking through them ends.
    const flood = `${`${name}=e; `.repeat(40)}${page['cookie']}`;
    expect((await ask({ ...page, cookie: flood })).status).toBe(401);
  });

  it.each([
    ['/window/', 'text/html; charset=utf-8'],
    ['/window', 'text/html; charset=utf-8'],
    ['/window/?x=1', 'text/html; charset=utf-8'],
    ['/window/assets/index-abcdefgh.js', 'text/javascript; charset=utf-8'],
    ['/window/assets/index-abcdefgh.css', 'text/css; charset=utf-8'],
    ['/window/assets/mark-abcdefgh.svg', 'image/svg+xml'],
  ])('serves %s', async (path, type) => {
    const { cookie } = await open();
    const answer = await tab.send('GET', path, { cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each([
    ['es-MX,es;q=0.9,en;q=0.8', 'es'],
    ['fr, en;q=0.5, es;q=0.7', 'es'],
    ['tr', 'en'],
    ['', 'en'],
    [';;;q=,=,q', 'en'],
  ])('without a cookie is a page that says how, in a language of %j', async (accepted, language) => {
    for (const path of ['/window/', '/window/assets/index-abcdefgh.js', '/window/open', '/window/nothing']) {
      const answer = await tab.send('GET', path, { 'accept-language': accepted });
      expect([path, answer.status, answer.text]).toEqual([path, 401, `closed ${language}`]);
      expect(answer.headers['x-frame-options']).toBe('DENY');
    }
  });
});

describe('nobody else gets in', () => {
  it('by a key that was used, is old, is no longer among the latest, or is none', async () => {
    const get = (address: string) => tab.send('GET', address.slice(tab.origin.length));
    const used = tab.door.address();
    expect((await get(used)).status).toBe(303);
    expect((await get(used)).status).toBe(401);

    const old = tab.door.address();
    tab.nowMs += 10 * minute;
    expect((await get(old)).status).toBe(401);

    const early = tab.door.address();
    const late = [1, 2, 3, 4, 5].map(() => tab.door.address());
    expect((await get(early)).status).toBe(401);
    for (const address of late) expect((await get(address)).status).toBe(303);

    for (const query of ['', '?key=', '?key=x', '?k=1', '?key=%', `?key=${'A'.repeat(43)}`]) {
      const answer = await tab.send('GET', `/window/open${query}`);
      expect([query, answer.status, answer.headers['set-cookie']]).toEqual([query, 401, undefined]);
    }
  });

  it('and looking at the address in advance does not use it up', async () => {
    const { pathname, search } = new URL(tab.door.address());
    expect((await tab.send('HEAD', pathname + search)).status).toBe(405);
    expect((await tab.send('GET', pathname + search, { 'sec-purpose': 'prefetch;prerender' })).status).toBe(401);
    expect((await tab.send('GET', pathname + search)).status).toBe(303);
  });

  describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('as another user of this computer', () => {
    const nobody = 65534;
    const lan = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

    /** A program of this user. It becomes theirs once it runs: they need not be able to read where Node lies. */
    async function runAs(uid: number, script: string, argument: string): Promise<string> {
      const theirs = `process.setgroups([]); process.setuid(${uid}); ${script}`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', theirs, argument], { cwd: '/' });
      return stdout;
    }

    /** What a program of this user gets, which has what it needs: the answer's status. */
    function as(uid: number, path: string, options: RequestOptions = {}): Promise<string> {
      const wanted = { host: '127.0.0.1', port: tab.port, path, ...options };
      wanted.headers = { host: `127.0.0.1:${tab.port}`, ...options.headers };
      const script = `
        const wanted = JSON.parse(process.argv[1]);
        require('node:http').request(wanted, (answer) => {
          process.stdout.write(String(answer.statusCode));
          answer.destroy();
        }).end(wanted.method === 'POST' ? '{}' : undefined)`;
      return runAs(uid, script, JSON.stringify(wanted));
    }
    const keyed = () => tab.door.address().slice(tab.origin.length);

    it.each<readonly [string, RequestOptions]>([
      ['127.0.0.1', {}],
      ['127.0.0.2 as its own place', { localAddress: '127.0.0.2' }],
      ['an IPv6 socket', { host: '::ffff:127.0.0.1', family: 6 }],
      ...(lan === undefined ? [] : [['the network address as its own place', { localAddress: lan }] as const]),
    ])('who has read the address, which stays good: %s', async (_, options) => {
      const path = keyed();
      expect(await as(nobody, path, options)).toBe('401');
      expect(await as(0, path, options)).toBe('303');
    });

    it('whose connection is closed before it can be looked up, and is then nobody’s', async () => {
      const path = keyed();
      const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${tab.port}\r\n\r\n`;
      const script = `
        for (let n = 0; n < 20; n++) {
          const socket = require('node:net').connect(${tab.port}, '127.0.0.1', () => {
            socket.write(process.argv[1], () => socket.destroy());
          });
        }`;
      await runAs(nobody, script, head);
      expect(await as(0, path)).toBe('303');
    });

    it('who has a page’s cookie and key', async () => {
      const { cookie = '', [pageKeyHeader]: pageKey = '', origin } = await letIn();
      const opened = await open();
      const headers = { ...json, origin, cookie, 'sec-fetch-site': 'same-origin', [pageKeyHeader]: pageKey };
      for (const [method, path] of [
        ['GET', '/window/'],
        ['GET', '/window/events'],
        ['POST', '/window/ask/state'],
      ] as const) {
        expect([path, await as(nobody, path, { method, headers })]).toEqual([path, '401']);
        expect([path, await as(0, path, { method, headers })]).toEqual([path, '200']);
      }
      expect(await as(nobody, '/window/claim', { method: 'POST', headers })).toBe('401');
      expect((await claim(opened)).status).toBe(200);
    });
  });

  it('by a cookie that was stolen: not at the next opening either, whose page gets its key', async () => {
    const stolen = (await letIn())['cookie'] ?? '';
    const opened = await open(stolen);
    const thief = { ...json, cookie: stolen, origin: tab.origin };
    for (const body of ['{}', '{"claim":""}', '{"claim":null}', '{"claim":["x"]}', 'null', '[]']) {
      expect([body, (await tab.send('POST', '/window/claim', thief, body)).status]).toEqual([body, 401]);
    }
    // Not with the cookie of that very opening, nor with its claim and the old cookie.
    const fresh = { ...thief, cookie: `${stolen}; ${opened.cookie}` };
    expect((await tab.send('POST', '/window/claim', fresh, '{}')).status).toBe(401);
    expect((await claim({ ...opened, claim: 'A'.repeat(43) })).status).toBe(401);
    expect((await claim({ ...opened, cookie: stolen })).status).toBe(401);
    expect((await claim(opened)).status).toBe(200);
  });

  it('with a page key without its cookie, a cookie without its page key, or two that do not belong together', async () => {
    const page = await letIn();
    const other = await letIn();
    expect((await ask(page)).status).toBe(200);
    const { cookie: _, ...noCookie } = page;
    const { [pageKeyHeader]: __, ...noKey } = page;
    for (const headers of [
      noCookie,
      noKey,
      { ...page, [pageKeyHeader]: 'x' },
      { ...page, [pageKeyHeader]: '' },
      { ...page, cookie: other['cookie'] },
      { ...page, cookie: String(page['cookie']).replace(/=.*/, '=x') },
      { ...page, cookie: String(page['cookie']).replace(/=.*/, '') },
      { ...page, cookie: `conexor_window_${tab.port}=x` },
      // The right value under another session's name.
      { ...page, cookie: `${other['cookie']?.split('=')[0]}=${page['cookie']?.split('=')[1]}` },
      // The right value in the cookie of another port's broker.
      { ...page, cookie: String(page['cookie']).replace(String(tab.port), '4747') },
      { ...page, cookie: `x${page['cookie']}` },
      { ...page, cookie: ';;=;' },
    ]) {
      const answer = await ask(headers);
      expect([headers, answer.status]).toEqual([headers, 401]);
      expect(JSON.parse(answer.text)).toMatchObject({ ok: false, fault: { fault: 'session-unknown' } });
      expect((await tab.send('GET', '/window/events', { ...headers })).status).toBe(401);
    }
    expect(tab.face.asked.length).toBe(1);
  });

  it('from another origin, site, name or port', async () => {
    const page = await letIn();
    const { origin: _, 'sec-fetch-site': __, ...silent } = page;
    for (const more of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${tab.port + 1}` },
      { origin: `http://localhost:${tab.port}` },
      { origin: `https://127.0.0.1:${tab.port}` },
      { origin: tab.origin, 'sec-fetch-site': 'cross-site' },
      { origin: tab.origin, 'sec-fetch-site': 'same-site' },
      { origin: tab.origin, 'sec-fetch-site': 'none' },
      { origin: tab.origin, host: 'evil.example' },
      { origin: tab.origin, host: `evil.example:${tab.port}` },
      { origin: tab.origin, host: `localhost:${tab.port}` },
      { origin: tab.origin, host: '127.0.0.1' },
      {},
    ]) {
      const headers = { ...silent, ...more };
      expect([more, (await ask(headers)).status]).toEqual([more, 403]);
      expect((await tab.send('GET', '/window/events', headers)).status).toBe(403);
      const claimed = await tab.send('POST', '/window/claim', { ...json, ...headers }, '{}');
      expect(claimed.status).toBe(403);
    }
    // Where a page is asked for, only the name counts: a person may come from anywhere.
    expect((await tab.send('GET', '/window/', { ...silent, host: 'evil.example' })).status).toBe(403);
    expect((await tab.send('GET', '/window/', { ...silent, 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    expect(tab.face.asked).toEqual([]);
  });

  it('by a form or a link of another page', async () => {
    const page = await letIn();
    const form = { ...page, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await tab.send('POST', '/window/ask/signOutAll', form, 'a=b')).status).toBe(400);
    expect(
      (await tab.send('POST', '/window/ask/signOutAll', { ...form, 'content-type': 'text/plain' }, '{}')).status,
    ).toBe(400);
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
      for (const path of ['/window/ask/signOutAll', '/window/claim']) {
        const answer = await tab.send(method, path, page);
        expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'POST']);
      }
    }
    for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS']) {
      for (const path of ['/window/', '/window/events', '/window/open']) {
        expect([method, (await tab.send(method, path, page)).status]).toEqual([method, 405]);
      }
    }
    const preflight = await tab.send('OPTIONS', '/window/ask/state', {
      origin: 'http://localhost:9',
      'access-control-request-method': 'POST',
      'access-control-request-headers': pageKeyHeader,
    });
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(tab.face.asked).toEqual([]);
  });

  it.each([
    '/window/../secret.js',
    '/window/%2e%2e/secret.js',
    '/window/..%2fsecret.js',
    '/window/assets/../../secret.js',
    '/window/assets/%2e%2e/%2e%2e/secret.js',
    '/window/..%5csecret.js',
    '/window/assets\\..\\..\\secret.js',
    '/window//secret.js',
    '/window/index.html',
    '/window/.stamp',
    '/window/assets/index-abcdefgh.js.map',
    '/window/assets/',
    '/window/assets/index-abcdefgh.js%00',
    '/window/__proto__',
    '/window/constructor',
  ])('to a file that is not in the list: %s', async (path) => {
    const { cookie } = await open();
    const answer = await tab.send('GET', path, { cookie });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('never served');
  });

  it('with what is too long, or no JSON', async () => {
    const page = await letIn();
    const long = `"${'x'.repeat(2 * 1024 * 1024)}"`;
    expect((await ask(page, long)).status).toBe(413);
    expect((await ask({ ...page, 'transfer-encoding': 'chunked' }, long).catch(() => ({ status: 413 }))).status).toBe(
      413,
    );
    expect((await ask(page, '{')).status).toBe(400);
    expect((await ask(page, '')).status).toBe(400);
    expect(tab.face.asked).toEqual([]);
    expect((await ask(page)).status).toBe(200);
  });

  it('after twelve hours without use, as one of too many, or too late for a page', async () => {
    const page = await letIn();
    tab.nowMs += 11 * 60 * minute;
    expect((await ask(page)).status).toBe(200);
    tab.nowMs += 11 * 60 * minute;
    expect((await ask(page)).status).toBe(200);
    tab.nowMs += 12 * 60 * minute;
    expect((await ask(page)).status).toBe(401);

    const again = await letIn();
    for (let n = 0; n < 19; n++) await open();
    expect((await ask(again)).status).toBe(200);
    for (let n = 0; n < 20; n++) await open();
    expect((await ask(again)).status).toBe(401);

    const opened = await open();
    tab.nowMs += minute;
    expect((await claim(opened)).status).toBe(401);
  });

  it('and programs with a key still get no window, nor a window the programs’ address', async () => {
    expect((await tab.send('GET', '/window/', { authorization: 'Bearer key-of-cursor' })).status).toBe(401);
    const page = await letIn();
    expect((await tab.send('POST', '/mcp/sales', { ...page, ...json }, '{}')).status).toBe(401);
    expect((await tab.send('GET', '/windows', page)).status).toBe(401);
  });
});

describe('events', () => {
  async function listen(headers: Record<string, string>) {
    const { origin: _, ...rest } = headers;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = '/window/events';
      const request = httpRequest({ host: '127.0.0.1', port: tab.port, path, headers: rest, agent: false }, resolve);
      request.on('error', reject);
      request.end();
    });
    let text = '';
    const ended = new Promise<void>((resolve) => response.once('close', resolve));
    response.on('error', () => undefined);
    return {
      response,
      ended,
      read() {
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
      },
      generations: () =>
        text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(
            (line) => (JSON.parse(line) as { state?: { snapshot: { generation: number } } }).state?.snapshot.generation,
          ),
    };
  }

  it('begin with the present state, one JSON a line, until the broker stops', async () => {
    const events = await listen(await letIn());
    expect(events.response.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(events.response.headers['cache-control']).toBe('no-store');
    events.read();
    await eventually(() => events.generations().join() === '1');
    tab.face.generation = 2;
    tab.face.tell();
    await eventually(() => events.generations().join() === '1,2');
    tab.door.close();
    await events.ended;
    expect(events.response.complete).toBe(true);
    await eventually(() => tab.face.listeners.size === 0);
  });

  it('end for the broker when the page goes', async () => {
    const events = await listen(await letIn());
    await eventually(() => tab.face.listeners.size === 1);
    events.response.destroy();
    await eventually(() => tab.face.listeners.size === 0);
  });

  it('that a page does not read become the newest state when it reads again', async () => {
    const events = await listen(await letIn());
    const { app } = tab.face.state();
    const wide = { ...app, keychain: 'x'.repeat(64 * 1024) };
    for (let generation = 2; generation <= 400; generation++) {
      tab.face.generation = generation;
      tab.face.tell({ kind: 'state', state: { ...tab.face.state(), app: wide } });
    }
    events.read();
    await eventually(() => events.generations().at(-1) === 400);
    expect(events.generations().length).toBeLessThan(200);
  });

  it('end with the session, of one too many or of one that was not used for too long, and tell nothing more', async () => {
    const first = await listen(await letIn());
    first.read();
    await eventually(() => first.generations().join() === '1');
    for (let n = 0; n < 20; n++) await open();
    tab.face.generation = 2;
    tab.face.tell();
    await first.ended;
    expect(first.generations()).toEqual([1]);

    const second = await listen(await letIn());
    second.read();
    await eventually(() => second.generations().join() === '2');
    tab.nowMs += 12 * 60 * minute;
    // Before anybody has asked for anything.
    tab.face.generation = 3;
    tab.face.tell();
    await second.ended;
    expect(second.generations()).toEqual([2]);
    expect(tab.face.listeners.size).toBe(0);
  });

  it('end with the session for a page that reads nothing too', async () => {
    const events = await listen(await letIn());
    const wide = { ...tab.face.state().app, keychain: 'x'.repeat(16 * 1024 * 1024) };
    tab.face.tell({ kind: 'state', state: { ...tab.face.state(), app: wide } });
    for (let n = 0; n < 20; n++) await open();
    expect(tab.face.listeners.size).toBe(0);
    events.read();
    await events.ended;
    expect(events.response.complete).toBe(false);
  });

  it('are four for one session: a fifth ends the oldest, and another page still gets its own', async () => {
    const page = await letIn();
    const streams = [];
    for (let n = 0; n < 45; n++) streams.push(await listen(page));
    expect(streams.map(({ response }) => response.statusCode)).toEqual(streams.map(() => 200));
    for (const stream of streams) stream.read();
    await Promise.all(streams.slice(0, -4).map(({ ended }) => ended));
    const other = await listen(await letIn());
    expect(other.response.statusCode).toBe(200);
    other.read();
    tab.face.generation = 2;
    tab.face.tell();
    for (const stream of [...streams.slice(-4), other]) await eventually(() => stream.generations().join() === '1,2');
    expect(streams.slice(0, -4).every((stream) => !stream.generations().includes(2))).toBe(true);
    expect(tab.face.listeners.size).toBe(5);
  });

  it('are not given to ever more listeners', async () => {
    const pages = [];
    for (let n = 0; n < 11; n++) pages.push(await letIn());
    const last = pages.pop() ?? {};
    const listening = await Promise.all(pages.flatMap((page) => [1, 2, 3, 4].map(() => listen(page))));
    expect((await listen(last)).response.statusCode).toBe(429);
    // Of those that have some, a new one takes the place of their own.
    expect((await listen(pages[0] ?? {})).response.statusCode).toBe(200);
    for (const { response } of listening) response.destroy();
    await eventually(() => tab.face.listeners.size === 1);
    expect((await listen(last)).response.statusCode).toBe(200);
  });
});

it('says nothing to what is no HTTP at all', async () => {
  const socket = connect(tab.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /window/ask/state HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n');
  const said = await new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text));
    setTimeout(() => socket.end(), 500).unref();
  });
  expect(said).not.toContain('200 OK');
  expect(tab.face.asked).toEqual([]);
});
