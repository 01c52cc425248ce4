/**
 * `subscriptions/listen` of a modern host (MCP 2026-07-28): one local subscription that outlives what happens behind
 * it. While signed out it is held here; after consent or a change of account it goes on at the service, and the host
 * is told that its lists have changed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { hostOf } from './exchange.ts';
import { type HostRequest, isObject, subscriptionIdKey } from './message.ts';
import { type HostHeaders, type ModernNeeds, sendModern } from './modern-session.ts';
import { mediaType, passOn } from './pass.ts';
import type { Reply } from './reply.ts';
import { sseEventOf } from './sse.ts';
import { listChangedMethods } from './stand-in.ts';

const filterOf: Readonly<Record<(typeof listChangedMethods)[number], string>> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
};
const acknowledged = 'notifications/subscriptions/acknowledged';
const longestPauseMs = 30_000;

export class Subscriptions {
  readonly #needs: ModernNeeds;
  readonly #open = new Set<{ readonly changed: () => void }>();

  constructor(needs: ModernNeeds) {
    this.#needs = needs;
  }

  /** The account has changed, or there is one now: every subscription says so and moves on. */
  moved(): void {
    for (const subscription of this.#open) subscription.changed();
  }

  /** Serves one subscription until the host ends it or the service completes it. Never throws for a lost service. */
  async serve(
    request: HostRequest,
    reply: Reply,
    signal: AbortSignal,
    hostHeaders: HostHeaders | undefined,
  ): Promise<void> {
    const filter = isObject(request.params?.['notifications']) ? request.params['notifications'] : {};
    let acked = false;
    let upstreamEnds = new AbortController();
    let wake: () => void = () => undefined;
    const notify = (method: string, params: object) =>
      reply.event(
        sseEventOf(
          JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, _meta: { [subscriptionIdKey]: request.id } } }),
        ),
      );
    const subscription = {
      changed: () => {
        if (acked) for (const method of listChangedMethods) if (filter[filterOf[method]] === true) notify(method, {});
        upstreamEnds.abort();
        wake();
      },
    };
    this.#open.add(subscription);
    let pauseMs = 1_000;
    try {
      for (;;) {
        upstreamEnds = new AbortController();
        const either = AbortSignal.any([signal, upstreamEnds.signal]);
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        try {
          const done = await this.#follow(
            request,
            reply,
            either,
            hostHeaders,
            () => acked,
            () => {
              acked = true;
              pauseMs = 1_000;
            },
          );
          if (done) return;
        } catch (thrown) {
          if (signal.aborted) return;
          const fault = asFault(thrown);
          if (!upstreamEnds.signal.aborted) {
            if (acked && fault.code === 'answer-lost') throw fault;
            if (!acked) {
              acked = true;
              notify(acknowledged, { notifications: ownPart(filter) });
            }
            // Out of reach: try again by and by. Signed out: wait to be told.
            const passing = isOnTheWay(fault) || fault.code === 'service-down' || fault.code === 'answer-lost';
            if (passing) {
              await Promise.race([
                woken,
                delay(pauseMs, undefined, { signal: either, ref: false }).catch(() => undefined),
              ]);
              pauseMs = Math.min(longestPauseMs, pauseMs * 2);
            } else await woken;
          }
        }
        if (signal.aborted) return;
      }
    } finally {
      this.#open.delete(subscription);
    }
  }

  /** True when the service has completed or refused the subscription and the host has heard it. */
  async #follow(
    request: HostRequest,
    reply: Reply,
    signal: AbortSignal,
    hostHeaders: HostHeaders | undefined,
    isAcked: () => boolean,
    ack: () => void,
  ): Promise<boolean> {
    const needs = this.#needs;
    const access = await needs.access();
    const exchanged = await sendModern(needs, access, request, signal, hostHeaders);
    if (exchanged.response.status !== 200) {
      // Refused after we have acknowledged: the host cannot be refused any more, its subscription stays quiet.
      if (!isAcked()) await needs.refuse(exchanged, request, reply);
      else {
        exchanged.response.discard();
        throw new Fault('service-answer-invalid', { reason: `subscription refused: ${exchanged.response.status}` });
      }
      return true;
    }
    if (mediaType(exchanged.response) !== 'text/event-stream' && isAcked()) {
      exchanged.response.discard();
      throw new Fault('service-answer-invalid', { reason: 'subscription refused' });
    }
    await passOn(exchanged.response, reply, hostOf(access), {
      signal,
      shown: (event) => {
        if (!event.data?.includes(acknowledged)) return event;
        const repeated = isAcked();
        ack();
        return repeated ? undefined : event;
      },
    });
    return !signal.aborted;
  }
}

function ownPart(filter: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.values(filterOf)
      .filter((name) => filter[name] === true)
      .map((name) => [name, true]),
  );
}
