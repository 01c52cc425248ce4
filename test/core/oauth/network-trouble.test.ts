/** Real small servers that stand in the way: a proxy that refuses, certificates of another time and another name. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { oauthFetch, wasNotSent } from '../../../electron/core/oauth/http.ts';
import { strangersAnswer } from '../../../electron/core/oauth/network-trouble.ts';
import { asFault, type Fault } from '../../../shared/faults.ts';
import { selfSigned } from '../../fakes/self-signed.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function faultBy(dispatcher: Dispatcher, url: string): Promise<Fault> {
  closers.unshift(() => dispatcher.destroy());
  return oauthFetch(dispatcher)(url, { method: 'POST', headers: {}, body: 'x=1' }).then(
    () => {
      throw new Error('no fault');
    },
    (thrown: unknown) => asFault(thrown),
  );
}

describe('what stands in the way', () => {
  it.each([407, 403, 502])('P-42 a proxy that answers a tunnel with %i: nothing was sent', async (status) => {
    const proxy = createServer();
    proxy.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
    const uri = `http://127.0.0.1:${await portOf(proxy)}`;
    const fault = await faultBy(new ProxyAgent({ uri }), 'https://service.example/token');
    expect(fault).toMatchObject({ code: 'proxy-refused', detail: { subject: 'service.example' } });
    expect(wasNotSent(fault)).toBe(true);
  });

  it.each([
    ['not valid yet', '450101000000Z', '491231235959Z', 'clock-wrong'],
    ['not valid any more', '200101000000Z', '210101000000Z', 'clock-wrong'],
    ['of another name', '200101000000Z', '491231235959Z', 'captive-portal'],
  ])('P-34 a trusted certificate %s', async (_what, from, to, code) => {
    const { key, cert } = selfSigned(from, to);
    let asked = 0;
    const server = createTlsServer({ key, cert }, (_request, response) => {
      asked += 1;
      response.end();
    });
    const port = await portOf(server);
    const fault = await faultBy(new Agent({ connect: { ca: cert } }), `https://127.0.0.1:${port}/token`);
    expect(fault).toMatchObject({ code, detail: { subject: `127.0.0.1:${port}` } });
    expect(wasNotSent(fault)).toBe(true);
    expect(asked).toBe(0);
  });
});

describe('an answer in place of the service’s', () => {
  const html = 'text/html; charset=utf-8';
  it.each([
    ['a page where data was asked for', 200, html, undefined, 'captive-portal'],
    ['the network’s own status', 511, html, undefined, 'captive-portal'],
    ['a redirect to another site', 302, undefined, 'http://login.wifi.example/?from=x', 'captive-portal'],
    ['a redirect to another port', 307, undefined, 'https://service.example:8443/', 'captive-portal'],
    ['a proxy’s own status', 407, html, undefined, 'proxy-refused'],
    ['data', 200, 'application/json', undefined, undefined],
    ['nothing named', 200, undefined, undefined, undefined],
    ['a page with a refusal', 404, html, undefined, undefined],
    ['a page with trouble', 503, html, undefined, undefined],
    ['a redirect on the site', 308, undefined, '/mcp/', undefined],
    ['the same site in full', 301, undefined, 'https://service.example/mcp/', undefined],
    ['a redirect to nowhere', 302, undefined, 'http://[', undefined],
    ['a redirect without an address', 302, undefined, undefined, undefined],
  ] as const)('%s', (_what, status, contentType, location, code) => {
    expect(strangersAnswer({ status, contentType, location, host: 'service.example' })).toBe(code);
  });
});
