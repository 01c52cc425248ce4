/**
 * What services say besides answers, as a host of several of them hears it: changes of lists as one change, addresses by
 * the host's names for them, questions under ids that no other service's have, and the rest as it came.
 */
import { methodNotFoundCode, plainError } from '../fault-answers.ts';
import { isObject } from '../message.ts';
import { type SseEvent, withData } from '../sse.ts';
import { listChangedMethods } from '../stand-in.ts';
import type { ListChanged } from './host-subscriptions.ts';
import { withValue } from './json-places.ts';
import type { ListKind } from './listed-items.ts';
import { saidBesides } from './one-message.ts';
import type { Service } from './services.ts';

export const kindsOf: Readonly<Record<ListChanged, readonly ListKind[]>> = {
  'notifications/tools/list_changed': ['tools'],
  'notifications/resources/list_changed': ['resources', 'resourceTemplates'],
  'notifications/prompts/list_changed': ['prompts'],
};

export interface HeardNeeds {
  /** Nobody can answer what a service asks: the newer era has no such questions. */
  readonly hasNoQuestions: () => boolean;
  readonly listChanged: (service: Service, method: ListChanged) => void;
  /** A resource has changed; its address as the host knows it. */
  readonly updated: (uri: string) => void;
  readonly toHost: (service: Service, uri: string) => string;
}

/** What the host hears of it, where it may hear it at all; undefined: nothing. */
export function heardFrom(service: Service, event: SseEvent, needs: HeardNeeds): SseEvent | undefined {
  const { data } = event;
  if (!data || data.length === 0) return event;
  // Several in one (MCP 2025-03-26) and answers to nothing that was asked are no words of a service to the host.
  const message = saidBesides(data);
  if (!message) return undefined;
  const { method, id, params } = message;
  const changed = listChangedMethods.find((one) => one === method);
  if (changed) {
    needs.listChanged(service, changed);
    return undefined;
  }
  if (method === 'notifications/subscriptions/acknowledged') return undefined;
  if (method === 'notifications/resources/updated' && isObject(params) && typeof params['uri'] === 'string') {
    const uri = needs.toHost(service, params['uri']);
    needs.updated(uri);
    return uri === params['uri'] ? event : withData(event, withValue(data, ['params', 'uri'], JSON.stringify(uri)));
  }
  const isQuestion = typeof method === 'string' && (typeof id === 'string' || typeof id === 'number');
  if (isQuestion && needs.hasNoQuestions()) {
    const words = 'This program cannot be asked.';
    service.conversation.notify(Buffer.from(JSON.stringify(plainError(id, methodNotFoundCode, words))));
    return undefined;
  }
  return service.conversation.asks.shown(event);
}
