/**
 * What people are promised "within a second" or "at once", measured. No test times it: a test that did would fail on a
 * machine that others use too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ControlClient } from '../../electron/core/control/client.ts';
import { LineHost } from '../fakes/line-host.ts';
import { median, ms, ratio, row } from './rows.ts';

interface Scene {
  readonly relayPath: string;
  readonly dataDir: string;
  readonly control: ControlClient;
  /** The practice service's process. */
  readonly service: ChildProcess;
}

const rounds = 7;
/** Half a minute, if nobody ends it. */
const longCall = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 30 } };

export async function promises(scene: Scene): Promise<void> {
  const answered = await each(() => untilAnswered(scene));
  scene.service.kill('SIGSTOP');
  const silent = await each(() => untilAnswered(scene)).finally(() => scene.service.kill('SIGCONT'));
  const beside = ratio(silent / answered);
  row(
    'spawn to initialize, a silent service, p50',
    ms(silent),
    ms(answered),
    beside,
    'at most 500 ms more; direct: it answers',
  );
  row('pause to the end of a running call, p50', ms(await each(() => untilPaused(scene))), '', '', 'at most 1000 ms');
  const [gone, bareGone] = [await each(() => untilGone(scene)), await each(untilBareGone)];
  row('end of the host to end of the relay, p50', ms(gone), ms(bareGone), ratio(gone / bareGone), 'at most 1000 ms');
}

async function each(timed: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed());
  return median(times);
}

async function untilAnswered(scene: Scene): Promise<number> {
  const fromMs = performance.now();
  const relay = startRelay(scene);
  await relay.host.begin();
  const tookMs = performance.now() - fromMs;
  await endOf(relay.child);
  return tookMs;
}

async function untilPaused(scene: Scene): Promise<number> {
  const { host, child } = startRelay(scene);
  await host.begin();
  await host.ask('tools/list');
  const call = host.ask('tools/call', { ...longCall, _meta: { progressToken: 'p' } });
  await host.notice('notifications/progress');
  const fromMs = performance.now();
  await scene.control.ask('setPaused', { paused: true });
  await call;
  const tookMs = performance.now() - fromMs;
  await scene.control.ask('setPaused', { paused: false });
  await endOf(child);
  return tookMs;
}

async function untilGone(scene: Scene): Promise<number> {
  const { host, child } = startRelay(scene);
  await host.begin();
  return endOf(child);
}

async function untilBareGone(): Promise<number> {
  const bare = spawn(process.execPath, ['-e', 'process.stdin.resume();process.stdout.write("up")'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(bare.stdout, 'data');
  return endOf(bare);
}

function startRelay({ relayPath, dataDir }: Scene): { readonly host: LineHost; readonly child: ChildProcess } {
  const child = spawn(process.execPath, [relayPath, '--data', dataDir, '--client', 'bench'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { host: new LineHost(child.stdout, child.stdin), child };
}

/** Ms from the end of its stdin to its own. */
async function endOf(program: ChildProcess): Promise<number> {
  const ended = once(program, 'exit');
  const fromMs = performance.now();
  program.stdin?.end();
  await ended;
  return performance.now() - fromMs;
}
