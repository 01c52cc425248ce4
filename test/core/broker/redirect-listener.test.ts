import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { listenOnFirst } from '../../../electron/core/broker/loopback-server.ts';
import {
  type OutcomePage,
  openRedirectListener,
  type RedirectListener,
  type RedirectListenerOptions,
} from '../../../electron/core/broker/redirect-listener.ts';
import { soon } from '../../fakes/soon.ts';

const good: OutcomePage = { tone: 'good', title: 'Signed in as Ada', sentences: ['You can close this tab.'] };

const open: RedirectListener[] = [];

async function listener(options: RedirectListenerOptions): Promise<RedirectListener> {
  const opened = await openRedirectListener(options);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request without the conveniences of fetch, which would hide what the listener really says. */
function ask(
  address: string,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly path?: string } = {},
): Promise<Answer> {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: url.hostname.replace(/[[\]]/g, ''),
        port: url.port,
        path: init.path ?? url.pathname + url.search,
        method: init.method ?? 'GET',
        headers: init.headers ?? {},
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    request.on('error', reject).end();
  });
}

/** As a browser does: the callback, then the address it is sent on to. */
async function visit(address: string): Promise<Answer> {
  const first = await ask(address);
  if (first.status !== 303) return first;
  return ask(new URL(String(first.headers['location']), address).href);
}

function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

async function closed(port: number): Promise<void> {
  await expect.poll(() => isListening(port), { timeout: 5_000 }).toBe(false);
}

const portOf = (one: RedirectListener) => Number(new URL(one.redirectUri).port);
const takesAll: RedirectListenerOptions = { onCallback: () => Promise.resolve(good) };
const takesNone: RedirectListenerOptions = { onCallback: () => 'ignored' };

describe('address', () => {
  it('P-2 P-3 P-8 is the literal 127.0.0.1, a port of the system and a path of its own for every attempt', async () => {
    const [a, b] = [await listener(takesAll), await listener(takesAll)];
    for (const one of [a, b]) expect(one.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\/[\w-]{22}$/);
    expect(new URL(a.redirectUri).port).not.toBe(new URL(b.redirectUri).port);
    expect(new URL(a.redirectUri).pathname).not.toBe(new URL(b.redirectUri).pathname);
  });

  it('P-4 is out of reach at the other addresses of this machine', async () => {
    const { redirectUri } = await listener(takesAll);
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address, family } of others.filter(({ internal }) => !internal)) {
      if (family === 'IPv4') expect(await isListening(Number(new URL(redirectUri).port), address)).toBe(false);
    }
    // Every machine has more of 127/8 than the one address we bind.
    expect(await isListening(Number(new URL(redirectUri).port), '127.0.0.2')).toBe(false);
  });

  it('P-5 falls back to IPv6 where the first address does not exist here', async () => {
    // 192.0.2.1 is nobody's (RFC 5737), as 127.0.0.1 is on a computer with IPv6 alone.
    const server = await listenOnFirst(['192.0.2.1', '::1'], (_request, response) => response.end('here'));
    expect(server.authority).toMatch(/^\[::1\]:\d+$/);
    expect((await ask(`http://${server.authority}/`)).text).toBe('here');
    await server.close(0);
  });

  it('P-3 takes a pinned host, port and path where a server insists, for both addresses of localhost', async () => {
    const free = await listener(takesNone);
    const port = portOf(free);
    await free.close();
    const pinned = await listener({ ...takesAll, redirect: { host: 'localhost', port, path: '/callback' } });
    expect(pinned.redirectUri).toBe(`http://localhost:${port}/callback`);
    const headers = { host: `localhost:${port}` };
    expect((await ask(`http://127.0.0.1:${port}/`, { headers })).status).toBe(404);
    expect((await ask(`http://[::1]:${port}/callback?code=1`, { headers })).status).toBe(303);
  });

  it('P-3 says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(
      openRedirectListener({ ...takesAll, redirect: { host: '127.0.0.1', port, path: '/callback' } }),
    ).rejects.toMatchObject({ code: 'port-taken', detail: { subject: String(port) } });
    other.close();
  });
});

describe('what is not the answer', () => {
  it('P-9 only GET on the exact path with parameters is looked at, and nothing else is consumed', async () => {
    let seen = 0;
    const { redirectUri } = await listener({
      onCallback: () => {
        seen += 1;
        return Promise.resolve(good);
      },
    });
    const { origin, pathname } = new URL(redirectUri);
    expect((await ask(`${origin}/`)).status).toBe(404);
    expect((await ask(`${origin}/favicon.ico`)).status).toBe(404);
    expect((await ask(`${redirectUri}/?code=1`)).status).toBe(404);
    expect((await ask(redirectUri, { path: `${origin}${pathname}?code=1` })).status).toBe(404);
    expect((await ask(redirectUri, { path: '//' })).status).toBe(404);
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask(`${redirectUri}?code=1`, { method });
      expect([method, answer.status, answer.headers['allow']]).toEqual([method, 405, 'GET']);
    }
    expect((await ask(redirectUri)).status).toBe(400);
    expect((await ask(`${redirectUri}?`)).status).toBe(400);
    expect(seen).toBe(0);
    expect((await visit(`${redirectUri}?code=1`)).text).toContain('Signed in as Ada');
  });

  it('P-10 another Host is refused, however it is spelled', async () => {
    const { redirectUri } = await listener(takesAll);
    const { port } = new URL(redirectUri);
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1', `127.1:${port}`]) {
      expect((await ask(`${redirectUri}?code=1`, { headers: { host } })).status).toBe(421);
    }
    expect((await visit(`${redirectUri}?code=1`)).status).toBe(200);
  });

  it('P-22 an ignored callback changes nothing and says so; the genuine one still counts', async () => {
    const { redirectUri } = await listener({
      onCallback: (parameters) => (parameters.get('state') === 'mine' ? Promise.resolve(good) : 'ignored'),
    });
    for (const query of ['code=1', 'code=1&state=forged', 'error=access_denied', 'error=server_error&state=']) {
      const answer = await visit(`${redirectUri}?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('Nothing changed');
      expect(answer.text).not.toContain('Signed in');
    }
    expect((await visit(`${redirectUri}?code=1&state=mine`)).text).toContain('Signed in as Ada');
  });

  it('P-15 many silent strangers do not keep the browser out', async () => {
    const { redirectUri } = await listener(takesAll);
    const port = portOf({ redirectUri } as RedirectListener);
    const strangers: Socket[] = [];
    for (let n = 0; n < 120; n++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).write('GET /slow HTTP/1.1\r\nX-');
      strangers.push(socket);
    }
    // The first to come has been silent the longest and made room.
    const [first] = strangers;
    if (first && !first.closed) await new Promise((resolve) => first.once('close', resolve));
    expect((await visit(`${redirectUri}?code=1`)).text).toContain('Signed in as Ada');
    for (const socket of strangers) socket.destroy();
  });
});

describe('the answer', () => {
  it('P-11 is taken once; the second delivery is told so and not handed on', async () => {
    let deliveries = 0;
    let finish: (page: OutcomePage) => void = () => undefined;
    const { redirectUri } = await listener({
      onCallback: () => {
        deliveries += 1;
        return new Promise<OutcomePage>((resolve) => {
          finish = resolve;
        });
      },
    });
    const first = await ask(`${redirectUri}?code=1&state=a`);
    const second = await visit(`${redirectUri}?code=1&state=a`);
    expect(second.status).toBe(410);
    expect(second.text).toContain('already used');
    finish(good);
    const outcome = new URL(String(first.headers['location']), redirectUri).href;
    const [shown, again] = await Promise.all([ask(outcome), ask(outcome)]);
    expect([shown.status, again.status].sort()).toEqual([200, 410]);
    expect(deliveries).toBe(1);
  });

  it('P-12 shows success only when the outcome is there, and failure as failure', async () => {
    let finish: (page: OutcomePage) => void = () => undefined;
    const slow = await listener({
      onCallback: () =>
        new Promise<OutcomePage>((resolve) => {
          finish = resolve;
        }),
    });
    let shown: Answer | undefined;
    const visiting = visit(`${slow.redirectUri}?code=1`).then((answer) => {
      shown = answer;
    });
    // The listener has answered other requests since, and still has not shown the outcome.
    for (let n = 0; n < 5; n++) await ask(slow.redirectUri);
    expect(shown).toBeUndefined();
    finish({ tone: 'bad', title: 'The service refused', sentences: [] });
    await visiting;
    expect(shown?.text).toContain('The service refused');
    expect(shown?.text).toContain('class="bad"');

    const broken = await listener({ onCallback: () => Promise.reject(new Error('secret-reason')) });
    const answer = await visit(`${broken.redirectUri}?code=1`);
    expect(answer.text).toContain('did not work');
    expect(answer.text).not.toContain('secret-reason');

    const throwing = await listener({
      onCallback: () => {
        throw new Error('secret-reason');
      },
    });
    expect((await visit(`${throwing.redirectUri}?code=1`)).text).toContain('did not work');
  });

  it('P-13 every page is static, closed to everything else and free of the request', async () => {
    const { redirectUri } = await listener({
      onCallback: (parameters) =>
        parameters.has('code')
          ? Promise.resolve({ tone: 'good', title: '<b>Ada & "Co"</b>', sentences: ["<script>alert('1')</script>"] })
          : 'ignored',
    });
    const hostile = 'error=%3Cscript%3Ealert(1)%3C%2Fscript%3E&error_description=canary-text';
    const pages = [await visit(`${redirectUri}?${hostile}`), await visit(`${redirectUri}?code=canary-code&${hostile}`)];
    for (const { headers, text } of pages) {
      expect(text).not.toMatch(/canary|<script|https?:|src=|href=|\son\w+=/);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['connection']).toBe('close');
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(text).toContain('<html lang="en">');
      // The only styles are those that the policy allows.
      const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
      const digest = createHash('sha256').update(style).digest('base64');
      expect(headers['content-security-policy']).toContain(`'sha256-${digest}'`);
    }
    expect(pages[1]?.text).toContain('&lt;b&gt;Ada &amp; &quot;Co&quot;&lt;/b&gt;');
    expect(pages[1]?.text).toContain('&lt;script&gt;');
  });

  it.each([
    ['en', 'Nothing happened here', 'already used', 'Signed in as'],
    ['es', 'Aquí no ha pasado nada', 'ya se ha usado', 'Signed in as'],
  ] as const)('says its own pages in %s, and says which language they are in', async (language, ours, used, title) => {
    const { redirectUri } = await listener({ language: () => language, onCallback: async () => good });
    const stranger = await visit(new URL('/elsewhere', redirectUri).href);
    const first = await visit(`${redirectUri}?code=1`);
    const second = await visit(`${redirectUri}?code=1`).catch(() => undefined);
    for (const page of [stranger, first, ...(second ? [second] : [])]) {
      expect(page.text).toContain(`<html lang="${language}">`);
    }
    expect(stranger.text).toContain(ours);
    if (second) expect(second.text).toContain(used);
    expect(first.text).toContain(title);
  });

  it('P-14 the code leaves the address: the browser is sent on to one without parameters', async () => {
    const { redirectUri } = await listener(takesAll);
    const answer = await ask(`${redirectUri}?code=canary&state=s`);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(/^\/done\/[\w-]{22}$/);
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toBe('');
  });
});

describe('the end', () => {
  it('P-6 the port is closed soon after the outcome, whether the browser came for its page or not', async () => {
    const shown = await listener(takesAll);
    await visit(`${shown.redirectUri}?code=1`);
    await closed(portOf(shown));

    const left = await listener(takesAll);
    await ask(`${left.redirectUri}?code=1`);
    await closed(portOf(left));
  });

  it('P-15 cancelling frees the port at once, silent strangers or not', async () => {
    const cancelled = await listener(takesNone);
    const port = portOf(cancelled);
    const stranger = connect(port, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => stranger.once('connect', resolve));
    await soon(cancelled.close());
    expect(await isListening(port)).toBe(false);
    stranger.destroy();
  });

  it('P-12 closing right after the outcome still delivers its page', async () => {
    const opened: RedirectListener = await listener({
      onCallback: async () => {
        // As the broker does: it ends the attempt, and with it the listener, while the page is on its way.
        void opened.close();
        return good;
      },
    });
    expect((await visit(`${opened.redirectUri}?code=1`)).text).toContain('Signed in as Ada');
    await closed(portOf(opened));
  });

  it('P-15 stopping while the code is being exchanged tells the browser so and ends', async () => {
    const opened = await listener({ onCallback: () => new Promise<OutcomePage>(() => undefined) });
    const first = await ask(`${opened.redirectUri}?code=1`);
    const waiting = ask(new URL(String(first.headers['location']), opened.redirectUri).href);
    await soon(opened.close());
    expect((await waiting).text).toContain('was stopped');
  });
});
