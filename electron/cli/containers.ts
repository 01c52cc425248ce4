/** `containers`: whether programs in containers on this computer may come, and how they do. */
import type { ContainersView } from '../../shared/containers.ts';
import { wordsOf } from '../../shared/words/words.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { unknownWord } from './usage.ts';

const words = wordsOf('en').containers;

export async function containers({ control, parameters, output }: Context): Promise<number> {
  const [wanted] = parameters;
  if (wanted !== undefined && wanted !== 'on' && wanted !== 'off') throw unknownWord('containers', wanted);
  const broker = await control();
  const view =
    wanted === undefined
      ? await broker.ask('containers', {})
      : await broker.ask('setContainers', { on: wanted === 'on' });
  output.data(view);
  if (!view.on) {
    output.say(wanted === 'off' ? words.ended : words.off);
    if (wanted === undefined) output.say('To let them in: npx conexor containers on');
    return exitCodes.done;
  }
  output.say(words.on);
  for (const line of waysInWords(view)) output.say(line);
  output.say('Make a key: npx conexor url <service> --client <program> --container');
  return exitCodes.done;
}

/** Where a container finds this computer. */
export function waysInWords({ url, networks }: ContainersView): readonly string[] {
  if (process.platform !== 'linux') return [`${words.address}: ${url}`];
  return [
    `${words.address}: ${url}`,
    words.start,
    ...networks.map(({ name, address, fault }) =>
      fault ? `${name} (${address}): ${fault.what} ${fault.next}` : words.listens(name, address),
    ),
    ...(networks.length === 0 ? [words.noNetwork] : []),
  ];
}
