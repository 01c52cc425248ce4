/** Programs in containers, as the HTTP face meets them: which names, addresses and keys let them in, and when no more. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type ContainerChoice, createContainerChoice } from '../../../electron/core/control/container-choice.ts';
import { type Settings, settingsSchema } from '../../../shared/settings.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { soon } from '../../fakes/soon.ts';

/** The network of containers of these tests: one address of this computer's own loopback. */
const own = '127.0.0.2';
const otherNetwork = '127.0.0.64';
const network = (address: string, prefix: number): NetworkInterfaceInfo => ({
  address,
  netmask: '',
  family: 'IPv4',
  mac: '',
  internal: false,
  cidr: `${address}/${prefix}`,
});

let person: Person;
let bridge: TestBridge;
let choice: ContainerChoice;
let networks: Record<string, NetworkInterfaceInfo[]>;

afterEach(async () => {
  choice.close();
  await bridge.stop();
  await person.stop();
});

async function open(containers: boolean): Promise<void> {
  networks = {
    docker0: [network(own, 32)],
    'br-0123456789ab': [network(otherNetwork, 30)],
    eth0: [network('127.0.0.9', 24)],
  };
  person = await startPerson();
  await person.signIn('acme');
  bridge = await testBridge(person.broker, { networks: () => networks });
  let settings: Settings = settingsSchema.parse({ containers });
  const listeners = new Set<(now: Settings) => void>();
  const store = {
    get: () => settings,
    change: async (change: Partial<Settings>) => {
      settings = { ...settings, ...change };
      for (const listener of listeners) listener(settings);
      return settings;
    },
    subscribe: (listener: (now: Settings) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  choice = createContainerChoice(store, person.broker.localClients.letContainers);
  choice.begin(bridge.containers);
  await choice.view();
}

interface Wish {
  readonly to?: string;
  readonly from?: string;
  readonly host?: string;
  readonly key?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

const listing = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

/** What is answered to an `initialize`: the status, or `none` where nobody takes the connection. */
async function ask({
  to = '127.0.0.1',
  from,
  host,
  key,
  path = '/mcp/practice',
  headers,
}: Wish): Promise<number | 'none'> {
  try {
    const response = await begun(to, from, path, listing, {
      host: (host ?? `${to}:PORT`).replace('PORT', String(bridge.httpPort)),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    });
    response.resume();
    await once(response, 'end');
    return response.statusCode ?? 0;
  } catch {
    return 'none';
  }
}

function begun(
  to: string,
  from: string | undefined,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: to,
        port: bridge.httpPort,
        method: 'POST',
        path,
        agent: false,
        ...(from === undefined ? {} : { localAddress: from }),
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'content-length': String(Buffer.byteLength(body)),
          ...headers,
        },
      },
      resolve,
    );
    request.on('error', reject);
    request.end(body);
  });
}

const keyFor = async (name: string, from: 'here' | 'container') =>
  (await person.broker.localClients.keyFor(name, from)).open();
const docker = 'host.docker.internal:PORT';

describe('until somebody chooses it', () => {
  it('no name of containers is known, no other address is listened on, and no key is made for them', async () => {
    await open(false);
    const key = await keyFor('n8n', 'here');
    await expect(keyFor('n8n', 'container')).rejects.toMatchObject({ code: 'containers-off' });
    expect(await choice.view()).toEqual({
      on: false,
      url: `http://host.docker.internal:${bridge.httpPort}`,
      networks: [],
    });
    expect(await ask({ key })).toBe(200);
    expect(await ask({ key, host: docker })).toBe(403);
    expect(await ask({ key, to: own, from: own })).toBe('none');
  });
});

describe('where containers are let in', () => {
  it('each key is good where it was made for, and nowhere else', async () => {
    await open(true);
    const keys = { here: await keyFor('n8n', 'here'), container: await keyFor('n8n', 'container'), none: undefined };
    const places: readonly (readonly [string, Wish, readonly number[]])[] = [
      ['this computer', {}, [200, 401, 401]],
      ['this computer by name', { host: 'localhost:PORT' }, [200, 401, 401]],
      ['Docker’s machine', { host: docker }, [401, 200, 401]],
      ['Podman’s machine', { host: 'HOST.containers.internal:PORT' }, [401, 200, 401]],
      ['the network by name', { to: own, from: own, host: docker }, [401, 200, 401]],
      ['the network by address', { to: own, from: own }, [401, 200, 401]],
      ['another network of containers', { to: own, from: '127.0.0.65' }, [401, 200, 401]],
      ['every service at once', { host: docker, path: '/mcp/_all' }, [401, 200, 401]],
    ];
    for (const [where, wish, expected] of places) {
      const answers = [];
      for (const key of [keys.here, keys.container, keys.none]) {
        answers.push(await ask({ ...wish, ...(key === undefined ? {} : { key }) }));
      }
      expect([where, ...answers]).toEqual([where, ...expected]);
    }
  });

  it.each([
    ['this computer’s own name', { host: '127.0.0.1:PORT' }],
    ['a name that points here', { host: 'evil.example:PORT' }],
    ['another port', { host: 'host.docker.internal:1' }],
    ['no port', { host: 'host.docker.internal' }],
    ['a name that begins alike', { host: 'host.docker.internal.evil.example:PORT' }],
    ['a page of anywhere', { headers: { origin: 'https://evil.example' } }],
    ['a page of this computer', { headers: { origin: 'http://127.0.0.1:3000' } }],
    ['a page of the same name', { headers: { origin: 'http://host.docker.internal:4747' } }],
    ['a page that says so', { headers: { 'sec-fetch-site': 'same-origin' } }],
    ['an opened page', { headers: { 'sec-fetch-site': 'none' } }],
  ] as readonly (readonly [string, Wish])[])('refuses %s', async (_, wish) => {
    await open(true);
    const key = await keyFor('n8n', 'container');
    const { length } = person.practice.seen.mcpRequests;
    expect(await ask({ host: docker, ...wish, to: own, from: own, key })).toBe(403);
    if (wish.host !== '127.0.0.1:PORT') expect(await ask({ host: docker, ...wish, key })).toBe(403);
    expect(person.practice.seen.mcpRequests).toHaveLength(length);
  });

  it('nobody of another network gets as far as a request, and nothing else of this computer listens', async () => {
    await open(true);
    const key = await keyFor('n8n', 'container');
    expect(await ask({ to: own, from: '127.0.0.9', host: docker, key })).toBe('none');
    expect(await ask({ to: '127.0.0.9', from: own, host: docker, key })).toBe('none');
    expect(await ask({ to: otherNetwork, from: own, host: docker, key })).toBe('none');
  });

  it('has no window, no OAuth tools and no other name for them there', async () => {
    const asked: string[] = [];
    await open(true);
    await bridge.stop();
    bridge = await testBridge(person.broker, {
      networks: () => networks,
      pages: ({ url = '' }, response) => {
        asked.push(url);
        response.writeHead(200).end();
        return true;
      },
    });
    choice.begin(bridge.containers);
    person.broker.localClients.letContainers(true);
    await bridge.containers.set(true);
    const key = await keyFor('n8n', 'container');
    expect(await ask({ host: docker, key, path: '/window/open?key=1' })).toBe(404);
    expect(await ask({ to: own, from: own, key, path: '/window/ask/state' })).toBe(404);
    for (const path of ['/mcp/_oauth', '/mcp/%5foauth']) expect(await ask({ host: docker, key, path })).toBe(403);
    expect(asked).toEqual([]);
  });

  it('is listed by a name that says where it is, and its leave is its own', async () => {
    await open(true);
    await keyFor('n8n', 'container');
    expect(person.broker.snapshot().localClients).toMatchObject([{ name: 'n8n@container', from: 'container' }]);
    await expect(keyFor('n8n@container', 'here')).rejects.toMatchObject({ code: 'input-invalid' });
    expect(await keyFor('n8n@container', 'container')).toBe(await keyFor('n8n', 'container'));
    const key = await keyFor('n8n', 'container');
    await person.broker.decideProgram(person.connectionId, 'n8n', false);
    expect(await call(key)).toContain('"content"');
    await person.broker.decideProgram(person.connectionId, 'n8n@container', false);
    expect(await call(key)).toContain('program-refused');
    await person.broker.removeProgram('n8n@container');
    expect(await ask({ host: docker, key })).toBe(401);
  });

  it('a network that appears or goes is followed, and one whose port is taken is said', async () => {
    await open(true);
    const busy = createServer().listen(bridge.httpPort, '127.0.0.4');
    await once(busy, 'listening');
    networks = { podman0: [network('127.0.0.3', 32)], docker0: [network('127.0.0.4', 32)] };
    await bridge.containers.set(true);
    expect(await choice.view()).toMatchObject({
      networks: [
        { name: 'podman0', address: '127.0.0.3' },
        { name: 'docker0', address: '127.0.0.4', fault: { fault: 'port-taken' } },
      ],
    });
    const key = await keyFor('n8n', 'container');
    expect(await ask({ to: '127.0.0.3', from: '127.0.0.3', host: docker, key })).toBe(200);
    expect(await ask({ to: own, from: own, host: docker, key })).toBe('none');
    busy.close();
    await once(busy, 'close');
    await bridge.containers.set(true);
    expect((await choice.view()).networks.map(({ fault }) => fault)).toEqual([undefined, undefined]);

    networks = {
      get docker0(): never {
        throw new Error('nobody is told of networks here');
      },
    };
    await bridge.containers.set(true);
    expect(await choice.view()).toMatchObject({ on: true, networks: [] });
  });
});

const slow = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 30 } };

/** The whole answer to a call, by Docker's name. */
async function call(key: string, params: object = { name: 'whoami', arguments: {} }): Promise<string> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      ...params,
      _meta: {
        // The service is told to answer bit by bit.
        progressToken: 'p',
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      },
    },
  });
  const response = await begun('127.0.0.1', undefined, '/mcp/practice', body, {
    host: docker.replace('PORT', String(bridge.httpPort)),
    authorization: `Bearer ${key}`,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': (params as { name: string }).name,
  });
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

describe('switching it off', () => {
  it('answers what runs, ends every connection, and keeps the keys for the next time', async () => {
    await open(true);
    const key = await keyFor('n8n', 'container');
    const running = call(key, slow);
    const silent: Socket = connect({ host: own, port: bridge.httpPort, localAddress: own });
    const closed = once(silent, 'close');
    silent.on('error', () => undefined).resume();
    await once(silent, 'connect');
    await expect.poll(() => person.practice.seen.mcpCount('tools/call')).toBe(1);
    await choice.set(false);
    expect(await soon(running)).toContain('"fault":"client-key-wrong"');
    await soon(closed);
    expect(await ask({ host: docker, key })).toBe(403);
    expect(await ask({ to: own, from: own, host: docker, key })).toBe('none');
    expect(await ask({ key })).toBe(401);

    await choice.set(true);
    expect(await ask({ host: docker, key })).toBe(200);
    expect(await ask({ to: own, from: own, host: docker, key })).toBe(200);
  });
});
