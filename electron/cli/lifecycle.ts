/** `start` and `stop`: the background broker. */
import { spawn } from 'node:child_process';
import { brokerEnvironment } from '../broker-process.ts';
import { ControlError } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';

export async function start(context: Context): Promise<number> {
  if (context.options.foreground) return inForeground(context);
  const { output } = context;
  const before = await running(context);
  const control = await context.control();
  const status = await control.ask('status', {});
  output.data({ ...status, alreadyRunning: before });
  output.say(
    before
      ? `Conexor was running already (process ${status.pid}).`
      : `Conexor runs in the background (process ${status.pid}).`,
  );
  output.say(`Programs reach it at ${status.httpUrl}`);
  const { port, memory, 'vault-key-file': keyFile } = context.options;
  if (before && (port !== undefined || memory || keyFile !== undefined)) {
    output.say('What you gave takes effect at the next start: run "npx conexor stop" first.');
  }
  if ((await control.ask('snapshot', {})).vault.kind === 'memory') {
    output.say('Nothing is kept: sign-ins last until Conexor stops. "npx conexor doctor" says what to do.');
  }
  if (status.wantedPort !== undefined)
    output.say(`Port ${status.wantedPort} is used by another program, so another one was taken.`);
  return exitCodes.done;
}

export async function stop({ control, output }: Context): Promise<number> {
  try {
    const broker = await control(false);
    const { vault, connections } = await broker.ask('snapshot', {});
    await broker.ask('stop', {});
    await broker.closed;
    output.data({ stopped: true });
    output.say('Conexor stopped.');
    if (vault.kind === 'memory' && connections.some((connection) => connection.accounts.length > 0)) {
      output.say('There was no place to keep sign-ins, so they are forgotten here (not cancelled at the services).');
    }
  } catch (thrown) {
    if (thrown instanceof ControlError) throw thrown;
    output.data({ stopped: false });
    output.say('Conexor was not running.');
  }
  return exitCodes.done;
}

async function running(context: Context): Promise<boolean> {
  try {
    (await context.control(false)).close();
    return true;
  } catch {
    return false;
  }
}

function inForeground({ broker, env }: Context): Promise<number> {
  const child = spawn(
    process.execPath,
    [broker.headlessPath, '--no-window', '--data', broker.dataDir, ...(broker.parameters ?? [])],
    {
      stdio: 'inherit',
      env: brokerEnvironment(env),
    },
  );
  // The terminal sends Ctrl+C to both; this process only has to outlive the other one.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? exitCodes.failed)));
}
