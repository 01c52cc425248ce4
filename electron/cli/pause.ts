/** `pause` and `resume`: access taken from programs, the sign-in kept. */
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';

export function pause(context: Context): Promise<number> {
  return setPaused(context, true);
}

export function resume(context: Context): Promise<number> {
  return setPaused(context, false);
}

async function setPaused({ control, parameters, options, output }: Context, paused: boolean): Promise<number> {
  const broker = await control();
  const reference = parameters[0] ?? options.connection;
  const named = reference === undefined ? undefined : await broker.ask('findConnection', { connection: reference });
  const result = await broker.ask('setPaused', { paused, ...(named ? { connection: named.id } : {}) });
  output.data(result);
  const who = named?.name ?? (result.changed === 1 ? 'One service' : `${result.changed} services`);
  if (result.changed === 0) {
    const nothing = paused ? 'Nothing was left to pause.' : 'Nothing was paused.';
    output.say(named ? `${named.name} ${paused ? 'was paused already' : 'was not paused'}.` : nothing);
  } else if (paused) {
    output.say(`${who} paused: no program has access. The sign-in is kept.`);
    output.say(`To go on: conexor resume${named ? ` ${named.name}` : ''}`);
  } else output.say(`${who} resumed: programs have their access again.`);
  return exitCodes.done;
}
