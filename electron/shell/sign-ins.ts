/**
 * After a sign-in that was begun in Conexor's own window, the window comes forward by itself: the person sits in front
 * of the browser. One that an assistant or the command line began belongs to these, and brings nothing up.
 */
import type { WindowResult } from '../../shared/window.ts';
import type { Face } from '../core/control/face.ts';

type Ask = Face['ask'];

/** The window's own way of asking, with an eye on the sign-ins that it begins. */
export function followSignIns(ask: Ask, comeForward: () => void): Ask {
  return async (method, argument) => {
    const answer = await ask(method, argument);
    if (method === 'startSignIn' && answer.ok) {
      const { attempt } = answer.result as WindowResult<'startSignIn'>;
      void ask('signInOutcome', { attempt }).then((outcome) => {
        if (outcome.ok && (outcome.result as WindowResult<'signInOutcome'>).kind === 'done') comeForward();
      });
    }
    return answer;
  };
}
