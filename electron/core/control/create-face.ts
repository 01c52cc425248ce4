/**
 * The window's side of the broker: questions are parsed by the window's table at both ends and answered by one handler
 * each; events are gathered, so that a burst of changes is one new state.
 */
import type { z } from 'zod';
import type { Activity } from '../../../shared/activity.ts';
import type { ControlResult } from '../../../shared/control.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import {
  type WindowAnswer,
  type WindowEvent,
  type WindowMethod,
  type WindowState,
  windowTable,
} from '../../../shared/window.ts';
import type { SignIns } from '../broker/sign-in.ts';
import type { Imports } from '../clients/imports.ts';
import type { Log } from '../platform.ts';
import type { ReplacedBy } from '../services/pasted.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { ControlHandlers } from './door.ts';
import type { Face, FaceHost } from './face.ts';
import { type FaceHandlers, faceHandlers } from './face-handlers.ts';
import { faceLanguage, faceState } from './face-state.ts';
import { createRateLimit } from './rate-limit.ts';

/** The part of the broker that the window needs beside the handlers. */
export interface FaceBroker {
  readonly signIns: Pick<SignIns, 'find' | 'handOut' | 'openBrowser' | 'outcome'>;
  snapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
  /** The newest first. */
  activity(connectionId?: string, limit?: number): readonly Activity[];
  onActivity(listener: (entry: Activity) => void): () => void;
  readonly clientReplacedBy: ReplacedBy;
}

export interface FaceNeeds {
  /** What each method does that the command line has as well. */
  readonly handlers: ControlHandlers;
  readonly broker: FaceBroker;
  readonly settings: SettingsStore;
  /** What other programs have written down. */
  readonly imports: Imports;
  readonly host: FaceHost;
  readonly status: () => ControlResult<'status'>;
  readonly log: Log;
  /** Programs out of whose settings an entry of ours has vanished. */
  readonly missing?: {
    list(): WindowState['missing'];
    subscribe(listener: () => void): () => void;
  };
}

/** A person never asks this often; a page gone wild does. */
const asksPerSecond = 100;
/** Shorter than what a person sees as a delay, longer than the steps of one change. */
const gatherMs = 30;

export function createFace(needs: FaceNeeds): Face {
  const { broker, settings, log } = needs;
  const handlers = faceHandlers(needs);
  const mayAsk = createRateLimit(asksPerSecond, () => performance.now());
  const listeners = new Set<(event: WindowEvent) => void>();
  let isGathering = false;
  let lastToldMs = Number.NEGATIVE_INFINITY;

  const tell = (event: WindowEvent, to: Iterable<(event: WindowEvent) => void> = listeners): void => {
    for (const listener of [...to]) {
      try {
        listener(event);
      } catch (thrown) {
        log('error', 'a listener of the window failed', { reason: String(thrown) });
      }
    }
  };
  const tellState = () => {
    isGathering = false;
    lastToldMs = performance.now();
    if (listeners.size > 0) tell({ kind: 'state', state: faceState(needs) });
  };
  const changed = (): void => {
    if (isGathering || listeners.size === 0) return;
    isGathering = true;
    const sinceMs = performance.now() - lastToldMs;
    if (sinceMs >= gatherMs) setImmediate(tellState);
    else setTimeout(tellState, gatherMs - sinceMs);
  };
  broker.subscribe(changed);
  settings.subscribe(changed);
  needs.missing?.subscribe(changed);
  broker.onActivity((entry) => tell({ kind: 'activity', entry }));

  return {
    async ask(method, argument, caller = 'window') {
      try {
        if (!mayAsk(caller)) throw new Fault('rate-limited', { subject: 'Conexor', reason: method });
        if (!isMethod(method)) throw new Fault('input-invalid', { thing: 'request', subject: String(method) });
        return { ok: true, result: await answer(handlers, method, argument) } as WindowAnswer;
      } catch (thrown) {
        const fault = asFault(thrown);
        if (fault.code === 'internal') log('error', 'a question of the window failed', reasonOf(method, fault));
        return { ok: false, fault: { fault: fault.code, ...faultWords(fault, faceLanguage(needs)) } };
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      tell({ kind: 'state', state: faceState(needs) }, [listener]);
      return () => {
        listeners.delete(listener);
      };
    },
    show: (page) => tell({ kind: 'page', page }),
    state: () => faceState(needs),
    hostChanged: changed,
  };
}

function isMethod(method: string): method is WindowMethod {
  return Object.hasOwn(windowTable, method);
}

async function answer(handlers: FaceHandlers, method: WindowMethod, argument: unknown): Promise<unknown> {
  const { argument: wanted, result }: { argument: z.ZodType; result: z.ZodType } = windowTable[method];
  const parsed = wanted.safeParse(argument ?? {});
  if (!parsed.success) {
    // Where, not what: a value may be a secret.
    throw new Fault('input-invalid', { reason: `${method}: ${parsed.error.issues[0]?.path.join('.') ?? ''}` });
  }
  const handler = handlers[method] as (argument: unknown) => unknown;
  return result.parse(await handler(parsed.data));
}

/** Of an error its kind only: a message may quote what it was about. */
function reasonOf(method: string, fault: Fault) {
  return { method, reason: fault.detail.cause instanceof Error ? fault.detail.cause.name : fault.code };
}
