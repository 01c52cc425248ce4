import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { nodePlatform } from '../electron/node-platform.ts';

it('goes by way of the proxy that the environment names, but never to this computer', async () => {
  const asked: string[] = [];
  const proxy = createServer((_incoming, response) => response.end('from this computer'));
  proxy.on('connect', (incoming, socket) => {
    asked.push(incoming.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const platform = nodePlatform({
    dataDir: tmpdir(),
    env: { https_proxy: address, HTTP_PROXY: address },
    log: () => undefined,
  });
  try {
    for (const http of [platform.http, platform.httpOnce]) {
      await expect(request('https://service.invalid/mcp', { dispatcher: http })).rejects.toThrow();
      const answer = await request(address, { dispatcher: http });
      expect(await answer.body.text()).toBe('from this computer');
    }
    expect(asked).toEqual(['service.invalid:443', 'service.invalid:443']);
  } finally {
    await Promise.all([platform.http.close(), platform.httpOnce.close()]);
    proxy.close();
  }
});
