/** Bodies of requests to web APIs: what is kept of them, together, and for how long one may stall. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type BodyLimits, RequestBodies, type RequestBody } from '../../../electron/core/bridge/rest-body.ts';

let server: Server;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

async function begin(length: number | undefined) {
  const { port } = server.address() as AddressInfo;
  const headers = length === undefined ? {} : { 'content-length': String(length) };
  const program = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers, agent: false });
  program.on('error', () => undefined);
  program.flushHeaders();
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  return { program, request };
}

async function take(bodies: RequestBodies, length: number | undefined) {
  const { program, request } = await begin(length);
  return { program, body: await bodies.take(request) };
}

const streamOf = ({ first }: RequestBody) => {
  if (first === undefined || Buffer.isBuffer(first)) throw new Error('it does not stream');
  return first;
};
const limits: Partial<BodyLimits> = { keptBytes: 10, keptTogetherBytes: 15 };

it('a small body is sent on while it comes, and is there once more when it is whole', async () => {
  const { program, body } = await take(new RequestBodies(limits), undefined);
  program.write('abc');
  const [first] = await once(streamOf(body), 'data');
  expect(String(first)).toBe('abc');
  const again = body.again();
  // Given up by whoever read it: what is missing is waited for all the same.
  streamOf(body).destroy();
  program.end('def');
  expect(await again).toEqual({ body: Buffer.from('abcdef') });
});

it('a body that is too large is not kept, however it comes', async () => {
  for (const length of [12, undefined]) {
    const { program, body } = await take(new RequestBodies(limits), length);
    program.end('123456789012');
    expect(await text(streamOf(body))).toBe('123456789012');
    expect(await body.again()).toBe(false);
  }
});

it('all that are kept together are bounded; one that is not needed any more makes room', async () => {
  const bodies = new RequestBodies(limits);
  const one = await take(bodies, 8);
  const two = await take(bodies, 8);
  const three = await take(bodies, 7);
  for (const { program, body } of [one, two, three]) {
    program.end('12345678'.slice(0, body.length === '7' ? 7 : 8));
    await text(streamOf(body));
  }
  expect([await one.body.again(), await two.body.again(), await three.body.again()]).toEqual([
    { body: Buffer.from('12345678') },
    false,
    { body: Buffer.from('1234567') },
  ]);
  one.body.release();
  one.body.release();
  const four = await take(bodies, 8);
  four.program.end('abcdefgh');
  await text(streamOf(four.body));
  expect(await four.body.again()).toEqual({ body: Buffer.from('abcdefgh') });
});

it('one that stalls is given up; one that the service holds up is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stalled = await take(new RequestBodies(), 5);
  const again = stalled.body.again();
  vi.advanceTimersByTime(30_000);
  await expect(again).rejects.toMatchObject({ code: 'answer-lost' });
  expect(streamOf(stalled.body).destroyed).toBe(true);

  const { program, request } = await begin(1_000_000);
  const held = await new RequestBodies().take(request);
  program.end(Buffer.alloc(1_000_000));
  while (!request.isPaused()) await new Promise(setImmediate);
  vi.advanceTimersByTime(10 * 60_000);
  expect((await text(streamOf(held))).length).toBe(1_000_000);
});

it('a program that goes ends its body', async () => {
  const { program, body } = await take(new RequestBodies(), 5);
  program.write('1');
  await once(streamOf(body), 'data');
  program.destroy();
  await expect(body.again()).rejects.toMatchObject({ code: 'answer-lost' });
});
