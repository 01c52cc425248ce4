/**
 * `npm run bench`: the relay and the HTTP face against a direct client in the same run, with the practice service in a process of its
 * own. Figures are ratios to the direct call wherever there is one; nothing here passes or fails but the burst's order.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { startPractice } from '../../electron/practice/service.ts';
import { distBeside, runBroker, signInAt } from '../e2e/stage.ts';
import { directToken } from './direct-token.ts';
import { promises } from './promises.ts';
import { median, ms, ratio, row } from './rows.ts';

const distDir = distBeside(import.meta.url);
const relayPath = join(distDir, 'relay.cjs');

const rounds = { start: 15, calls: 300, inFlight: 600, large: 20 } as const;

if (process.argv.includes('--practice')) await servePractice();
else await bench();

/** The service under both clients, away from their event loop. */
async function servePractice(): Promise<void> {
  const practice = await startPractice();
  process.stdout.write(
    `${JSON.stringify({ baseUrl: practice.baseUrl, resource: practice.resource, clientId: practice.clientId })}\n`,
  );
  process.stdin.resume().once('end', () => void practice.stop().then(() => process.exit()));
}

async function bench(): Promise<void> {
  const service = spawn(process.execPath, [fileURLToPath(import.meta.url), '--practice'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const practice = JSON.parse(String(await once(service.stdout, 'data'))) as Practice;
  const dataDir = await mkdtemp(join(tmpdir(), 'cx-'));
  const broker = await runBroker({ distDir, dataDir, env: process.env, memory: true });
  try {
    await signInAt(broker.control, practice.resource, 'acme', false);
    const face = await broker.control.ask('localClientKey', { name: 'bench-http' });
    await measure(dataDir, broker.pid, practice, face);
    await promises({ relayPath, dataDir, control: broker.control, service });
  } finally {
    await broker.end();
    service.stdin.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Practice {
  readonly baseUrl: string;
  readonly resource: string;
  readonly clientId: string;
}

async function measure(
  dataDir: string,
  brokerPid: number,
  practice: Practice,
  face: { readonly url: string; readonly key: string },
): Promise<void> {
  const direct = await overHttp('bench-direct', practice.resource, await directToken(practice));
  const overFace = await overHttp('bench-http', face.url, face.key);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [relayPath, '--data', dataDir, '--client', 'bench'],
    stderr: 'inherit',
  });
  const relayed = new Client({ name: 'bench-relay', version: '1' });
  await relayed.connect(transport);

  row('', 'Conexor', 'direct', 'ratio', '');
  await startUp(dataDir);
  for (const client of [direct, relayed, overFace]) await sequential(client, 50);
  const ways = [
    ['relay', relayed],
    ['HTTP face', overFace],
  ] as const;
  for (const [way, client] of ways) {
    const aims = way === 'relay' ? { one: 'at most 4', many: 'at least 0.6' } : { one: '', many: '' };
    const [one, straight] = [await sequential(client, rounds.calls), await sequential(direct, rounds.calls)];
    row(`${way}: small call, one at a time, p50`, ms(one), ms(straight), ratio(one / straight), aims.one);
    for (const width of [16, 64]) {
      const [many, bare] = [await inFlight(client, width), await inFlight(direct, width)];
      row(
        `${way}: small calls, ${width} in flight`,
        perSecond(many),
        perSecond(bare),
        ratio(many / bare),
        width === 64 ? aims.many : '',
      );
    }
    const [big, bigDirect] = [await large(client), await large(direct)];
    row(`${way}: 1 MiB result, p50`, ms(big), ms(bigDirect), ratio(big / bigDirect), '');
    await burst(`${way}: burst of 100 notifications`, client, direct);
  }

  row('resident memory, broker', await resident(brokerPid), '', '', '');
  const relaySize = await resident(transport.pid ?? 0);
  row('resident memory, a relay', relaySize, await bareResident(), '', 'direct: a bare Node process');
  await Promise.all([relayed.close(), direct.close(), overFace.close()]);
}

async function overHttp(name: string, url: string, token: string): Promise<Client> {
  const client = new Client({ name, version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

/** From spawn to the answer of `initialize`, beside a bare Node process that opens the same socket and waits for its first byte. */
async function startUp(dataDir: string): Promise<void> {
  const hello = `${JSON.stringify({ conexor: 1, door: 'mcp', client: 'bench' })}\n`;
  const initialize = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } } })}\n`;
  const bare = join(dataDir, 'bare.cjs');
  await writeFile(
    bare,
    `const s=require('node:net').connect(${JSON.stringify(join(dataDir, 'broker.sock'))});s.write(${JSON.stringify(hello + initialize)});s.pipe(process.stdout);`,
  );
  const times = { relay: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds.start; round++) {
    times.bare.push(await firstAnswer(spawn(process.execPath, [bare], { stdio: ['pipe', 'pipe', 'inherit'] }), ''));
    times.relay.push(
      await firstAnswer(
        spawn(process.execPath, [relayPath, '--data', dataDir, '--client', 'bench'], {
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
        initialize,
      ),
    );
  }
  const [relay, bareMs] = [median(times.relay), median(times.bare)];
  row(
    'spawn to answer of initialize, p50',
    `${relay.toFixed(1)} ms`,
    `${bareMs.toFixed(1)} ms`,
    ratio(relay / bareMs),
    'at most 1.3; direct: bare Node, same socket',
  );
}

async function firstAnswer(child: ChildProcess, input: string): Promise<number> {
  const from = performance.now();
  child.stdin?.write(input);
  if (child.stdout) await once(child.stdout, 'data');
  const tookMs = performance.now() - from;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return tookMs;
}

async function sequential(client: Client, calls: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const from = performance.now();
    await client.callTool({ name: 'whoami', arguments: {} });
    times.push(performance.now() - from);
  }
  return median(times);
}

async function inFlight(client: Client, width: number): Promise<number> {
  let left: number = rounds.inFlight;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await client.callTool({ name: 'whoami', arguments: {} });
    }),
  );
  return rounds.inFlight / ((performance.now() - from) / 1000);
}

async function large(client: Client): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < rounds.large; call++) {
    const from = performance.now();
    await client.callTool({ name: 'big_report', arguments: { sizeKiB: 1024 } });
    times.push(performance.now() - from);
  }
  return median(times);
}

async function burst(title: string, relayed: Client, direct: Client): Promise<void> {
  const run = async (client: Client) => {
    const seen: unknown[] = [];
    const transport = client.transport as Transport;
    const passOn = transport.onmessage;
    // Counted as they arrive: the SDK forgets a call's progress handler as soon as its answer is in the same chunk.
    transport.onmessage = (message, extra) => {
      if ('method' in message && message.method === 'notifications/progress') seen.push(message.params?.['progress']);
      passOn?.(message, extra);
    };
    const from = performance.now();
    await client.callTool(
      { name: 'slow_report', arguments: { steps: 100, delayMs: 0 } },
      { onprogress: () => undefined },
    );
    const tookMs = performance.now() - from;
    if (passOn) transport.onmessage = passOn;
    return { tookMs, whole: seen.length === 100 && seen.every((progress, index) => progress === index + 1) };
  };
  await run(direct);
  const [viaRelay, straight] = [await run(relayed), await run(direct)];
  row(
    title,
    `${viaRelay.tookMs.toFixed(1)} ms`,
    `${straight.tookMs.toFixed(1)} ms`,
    ratio(viaRelay.tookMs / straight.tookMs),
    viaRelay.whole ? 'complete and in order' : 'NOT COMPLETE',
  );
  if (!viaRelay.whole) process.exitCode = 1;
}

async function resident(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  return Number.isNaN(kib) ? 'not known here' : `${(kib / 1024).toFixed(1)} MiB`;
}

async function bareResident(): Promise<string> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume();process.stdout.write("up")'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const size = await resident(child.pid ?? 0);
  const ended = once(child, 'exit');
  child.stdin.end();
  await ended;
  return size;
}

function perSecond(value: number): string {
  return `${Math.round(value)}/s`;
}
