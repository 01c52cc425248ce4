/**
 * What choosing in the tray's menu does, and what is said about it where no window shows it: a sign-out with both of
 * its halves, and what did not work in plain words.
 */
import type { Page } from '../../shared/pages.ts';
import { serviceNames } from '../../shared/service-names.ts';
import type { WindowAnswer, WindowMethod, WindowResult } from '../../shared/window.ts';
import type { Words } from '../../shared/words/words.ts';
import type { Face } from '../core/control/face.ts';
import { type Notice, signedOutNotice, signedOutOfEverythingNotice } from './notices.ts';
import type { TrayAction, TrayAsk } from './tray-menu.ts';

export interface TrayChoiceNeeds {
  readonly face: Pick<Face, 'ask' | 'state'>;
  readonly words: () => Words;
  readonly showWindow: (page?: Page) => void;
  readonly notify: (notice: Notice) => void;
}

/** Never rejects. */
export function trayChoice({
  face,
  words,
  showWindow,
  notify,
}: TrayChoiceNeeds): (action: TrayAction) => Promise<void> {
  return async (action) => {
    if (action.kind === 'show') return showWindow(action.page);
    // Afterwards the service may have gone.
    const service = serviceOf(action, face.state().snapshot.connections, words());
    const answer = await face.ask(action.method, action.argument);
    if (!answer.ok) {
      const { what, next } = answer.fault;
      notify({ title: words().notices.failed.title, body: `${what} ${next}`, page: service.page });
    } else if (isAnswer(answer, action.method, 'signOut')) {
      notify(signedOutNotice(answer.result, service.name, service.id, words()));
    } else if (isAnswer(answer, action.method, 'signOutAll')) {
      notify(signedOutOfEverythingNotice(answer.result.signedOut, words()));
    }
  };
}

/** The method that was asked says which result it is. */
function isAnswer<M extends WindowMethod>(
  answer: Extract<WindowAnswer, { ok: true }>,
  asked: WindowMethod,
  method: M,
): answer is { ok: true; result: WindowResult<M> } & typeof answer {
  return asked === method;
}

function serviceOf(
  action: TrayAsk,
  connections: ReturnType<Face['state']>['snapshot']['connections'],
  words: Words,
): { readonly id: string; readonly name: string; readonly page: Page } {
  const id = 'connection' in action.argument ? action.argument.connection : undefined;
  if (id === undefined) return { id: '', name: '', page: { name: 'services' } };
  return {
    id,
    name: serviceNames(connections, words).get(id) ?? '',
    page: { name: 'service', connection: id },
  };
}
