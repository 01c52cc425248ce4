import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { oauthFetch, wasNotSent } from '../../../electron/core/oauth/http.ts';
import { asFault, type Fault } from '../../../shared/faults.ts';
import { selfSigned } from '../../fakes/self-signed.ts';
import { soon } from '../../fakes/soon.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(limits: { timeoutMs?: number; maxBytes?: number } = {}) {
  const agent = new Agent();
  closers.push(() => agent.destroy());
  return oauthFetch(agent, limits);
}

const get = { method: 'GET', headers: {} };

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  return promise.then(
    () => {
      throw new Error('no fault');
    },
    (thrown: unknown) => asFault(thrown),
  );
}

describe('limits', () => {
  it('P-35 hands redirects back and does not follow them', async () => {
    const seen: string[] = [];
    const origin = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const answer = await client()(`${origin}/token`, { method: 'POST', headers: {}, body: 'refresh_token=x' });
    expect(answer.status).toBe(307);
    expect(seen).toEqual(['/token']);
  });

  it('P-65 stops reading an answer that is too large, told or not', async () => {
    let sent = 0;
    const origin = await serve((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => {
        while (sent < 64 * 1024 * 1024 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    expect((await faultOf(client({ maxBytes: 100_000 })(origin, get))).code).toBe('too-large');
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('P-65 gives up after the time for the whole of it, not for each part', async () => {
    const origin = await serve((_request, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const fault = await soon(faultOf(client({ timeoutMs: 200 })(origin, get)));
    expect(fault.code).toBe('unreachable');
    expect(wasNotSent(fault)).toBe(false);
  });

  it('P-34 P-65 speaks only https beyond loopback', async () => {
    expect((await faultOf(client()('http://a.example/token', get))).code).toBe('address-insecure');
    expect((await faultOf(client()('ftp://a.example/token', get))).code).toBe('address-invalid');
  });

  it('leaves an event stream alone, since it may never end', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n');
    });
    const answer = await client({ timeoutMs: 2_000 })(origin, get);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('failures', () => {
  it('P-42 a refused connection certainly sent nothing', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const fault = await faultOf(client()(`http://127.0.0.1:${port}/`, get));
    expect(fault).toMatchObject({ code: 'unreachable', detail: { subject: `127.0.0.1:${port}` } });
    expect(wasNotSent(fault)).toBe(true);
  });

  it('P-42 a name that does not exist certainly sent nothing', async () => {
    const unknown = Object.assign(new Error('unknown name'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    const agent = new Agent({ connect: { lookup: (_host, _options, answer) => answer(unknown, '') } });
    closers.push(() => agent.destroy());
    const fault = await faultOf(oauthFetch(agent)('https://nowhere.invalid/token', get));
    expect(fault.code).toBe('unreachable');
    expect(wasNotSent(fault)).toBe(true);
  });

  it('P-42 a connection cut after the request may have sent it', async () => {
    const origin = await serve((request) => request.socket.destroy());
    const fault = await faultOf(client()(origin, { method: 'POST', headers: {}, body: 'x=1' }));
    expect(fault.code).toBe('unreachable');
    expect(wasNotSent(fault)).toBe(false);
  });

  it('P-34 a certificate nobody vouches for, or none, is refused before anything is sent', async () => {
    const plain = (await serve((_request, response) => response.end())).replace('http:', 'https:');
    const noTls = await faultOf(client()(plain, get));
    expect(noTls.code).toBe('tls-refused');

    const { key, cert } = selfSigned();
    let asked = 0;
    const server = createTlsServer({ key, cert }, (_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const fault = await faultOf(client()(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, get));
    expect(fault.code).toBe('tls-refused');
    expect(wasNotSent(fault)).toBe(true);
    expect(asked).toBe(0);
  });

  it.each([
    ['EPROTO', 'tls-refused', false],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-refused', false],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'tls-refused', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-refused', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-refused', true],
    ['CERT_HAS_EXPIRED', 'clock-wrong', true],
    ['CERT_NOT_YET_VALID', 'clock-wrong', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'captive-portal', true],
    ['HOSTNAME_MISMATCH', 'captive-portal', true],
  ] as const)('P-42 TLS that fails with %s is %s, certainly not sent is %s', async (code, is, certain) => {
    const failing = Object.assign(new Error('tls'), { code });
    const agent = new Agent({ connect: (_options, connected) => connected(failing, null) });
    closers.push(() => agent.destroy());
    const fault = await faultOf(oauthFetch(agent)('https://a.example/token', get));
    expect(fault.code).toBe(is);
    expect(wasNotSent(fault)).toBe(certain);
  });

  it('P-63 says nothing of what was sent', async () => {
    const origin = await serve((request) => request.socket.destroy());
    const body = new URLSearchParams({ refresh_token: 'canary-token' });
    const headers = { authorization: 'Basic canary-secret' };
    const fault = await faultOf(client()(origin, { method: 'POST', headers, body }));
    expect(JSON.stringify([fault, fault.detail, fault.stack, String(fault.cause)])).not.toContain('canary');
  });
});
