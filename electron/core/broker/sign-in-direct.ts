/** A sign-in with what a person typed: one request to the service, or none at all where a token or key was given. */
import { givenFor } from '../credentials/given.ts';
import type { WayIn } from '../credentials/way-in.ts';
import type { Approach, Prepared } from './sign-in-prepare.ts';

/** Throws `input-invalid` where something is missing; then nothing was asked. */
export function prepareDirect(approach: Approach, wayIn: WayIn & Required<Pick<WayIn, 'obtain'>>): Prepared {
  const given = givenFor(wayIn.fields(approach.offer), approach.wish.given ?? {});
  return {
    ...approach,
    triesFirst: true,
    host: new URL(approach.connection.resource).host,
    scopes: [],
    permissions: [],
    complete: (signal) => wayIn.obtain({ ...approach, server: approach.discover }, given, signal),
    close: async () => undefined,
  };
}
