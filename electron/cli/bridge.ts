/**
 * `conexor bridge`: what an assistant starts in place of `npx mcp-remote <address>`. It makes sure that the broker knows
 * the address, and from then on is the relay. No browser opens here: the assistant finds `sign_in`.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { targetOf } from './connect.ts';
import type { Context } from './context.ts';
import { missingAfter } from './usage.ts';

export async function bridge(context: Context): Promise<number> {
  const wanted = context.parameters[0] ?? context.options.connection;
  if (wanted === undefined) throw missingAfter('bridge');
  // Conexor's own OAuth tools, and every service at once, are no connection, and there before any is.
  if (wanted === '_oauth' || wanted === '_all') return become(context, wanted);
  const control = await context.control();
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(wanted) || wanted === 'practice';
  const connection = isAddress
    ? (await control.ask('addConnection', await targetOf(context, control, wanted))).connection
    : await control.ask('findConnection', { connection: wanted });
  control.close();
  return become(context, connection.id);
}

function become(context: Context, connection: string): Promise<number> {
  const { broker, options } = context;
  const relay = join(dirname(broker.headlessPath), 'relay.cjs');
  const words = ['--data', broker.dataDir, '--client', options.client ?? 'mcp-client', '--connection', connection];
  process.argv = [process.execPath, relay, ...words];
  createRequire(import.meta.url)(relay);
  // The relay ends the process when the assistant does.
  return new Promise(() => undefined);
}
