/** How a person signs in at a connection, as far as a program has to know: at a page, by a code, or by typing in Conexor. */
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { WayInId } from '../../../shared/ways-in.ts';

export type SignInWay = 'page' | 'code' | 'typed';

/** Of the usual way in. */
export function signInWayOf(view: ConnectionView): SignInWay {
  if (typedFields(view, view.wayIn).length > 0) return 'typed';
  return view.wayIn === 'device-code' ? 'code' : 'page';
}

/** What only the person has and must not be asked for by a program, in words. */
export function typedFields({ waysIn }: ConnectionView, way: WayInId): readonly string[] {
  const offer = waysIn.find(({ id }) => id === way);
  return (offer?.fields ?? []).filter(({ required }) => required).map(({ name }) => name.replace(/-/g, ' '));
}
