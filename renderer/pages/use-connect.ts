/**
 * Adds a service and signs in to it: in the browser, by a code, or with what was typed. A service that was added by
 * this attempt and cannot be signed in to is taken away again, so that a slip of the keyboard leaves nothing behind.
 */
import { useState } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { ask, asWindowFault, WindowFault } from '../client/client.ts';
import { type Task, useTask } from '../parts/use-task.ts';
import type { SignInOutcome } from '../sign-in/outcomes.ts';
import type { Begun } from '../sign-in/sign-in-steps.ts';
import { openSignIn, showEnded } from '../sign-in/sign-in-store.ts';
import type { ServerByHand } from '../ways-in/server-by-hand.tsx';
import { noteTakenBack } from './taken-back.ts';

/** How to sign in. */
export interface ChosenWay {
  /** Where it is not the way that the service suggests. */
  readonly wayIn?: WayInId | undefined;
  /** For the ways that need no browser: what was typed, and for which of them. */
  readonly given?: GivenFields | undefined;
  readonly givenFor?: WayInId | undefined;
}

/** One server of what was pasted; the broker reads it again. */
export interface PastedWish {
  readonly text: string;
  readonly server?: string | undefined;
}

export type Wanted =
  | ({
      readonly kind: 'target';
      readonly target: string;
      /** Whose rules hold, where the address does not say it. */
      readonly service?: string | undefined;
      readonly server?: ServerByHand;
      /** It runs only once it is wanted. */
      readonly practice?: boolean;
      readonly clientId?: string;
    } & ChosenWay)
  | ({ readonly kind: 'pasted' } & PastedWish & ChosenWay)
  | { readonly kind: 'practice' };

/** The service is there, and waits for a client ID before it lets anybody sign in. */
export interface ClientIdNeeded {
  readonly connection: ConnectionView;
  readonly added: boolean;
  readonly way: ChosenWay;
  /** Where the ID is found. */
  readonly fault: WindowFault;
}

export interface Connect {
  readonly task: Task;
  readonly clientIdNeeded: ClientIdNeeded | undefined;
  connect(wanted: Wanted): void;
  /** The same service once more, with what it asked for. */
  giveClientId(clientId: string): void;
  /** Back to another service: what was added for this one goes again. */
  startOver(): void;
}

/** How far the sign-in has come: it waits for the person, or it is over. */
type SignInBegun = { readonly begun: Begun } | { readonly ended: SignInOutcome } | undefined;

export type OnConnected = (connection: ConnectionView, added: boolean) => void;

/** `onConnected`: the service is in the list; its sign-in, if it needs one, is open over the page. */
export function useConnect(onConnected: OnConnected): Connect {
  const task = useTask();
  const [clientIdNeeded, setClientIdNeeded] = useState<ClientIdNeeded>();

  const connect = (wanted: Wanted) =>
    task.run(async (signal) => {
      const way: ChosenWay = wanted.kind === 'practice' ? {} : wanted;
      const { connection, added } = await add(wanted);
      const signIn = await begin(connection, added, way, signal).catch((thrown: unknown) => {
        const fault = asWindowFault(thrown);
        if (fault.fault !== 'client-id-needed') throw fault;
        if (!signal.aborted) {
          setClientIdNeeded({ connection, added: added || (clientIdNeeded?.added ?? false), way, fault });
        }
        return 'client-id-needed' as const;
      });
      const begun = signIn !== 'client-id-needed' && signIn && 'begun' in signIn ? signIn.begun : undefined;
      if (signal.aborted) return takeBack(connection, added, begun?.attempt);
      if (signIn === 'client-id-needed') return;
      setClientIdNeeded(undefined);
      onConnected(connection, added);
      if (begun) openSignIn({ connection: connection.id, ...wayOf(way) }, begun);
      else if (signIn && 'ended' in signIn) showEnded({ connection: connection.id }, signIn.ended);
    });

  return {
    task,
    clientIdNeeded,
    connect,
    giveClientId(clientId) {
      if (!clientIdNeeded) return;
      const { connection, way } = clientIdNeeded;
      const { wayIn, given, givenFor } = way;
      connect({ kind: 'target', target: connection.resource, clientId, wayIn, given, givenFor });
    },
    startOver() {
      task.cancel();
      task.clear();
      setClientIdNeeded(undefined);
      if (clientIdNeeded) void takeBack(clientIdNeeded.connection, clientIdNeeded.added, undefined);
    },
  };
}

async function add(wanted: Wanted): Promise<{ readonly connection: ConnectionView; readonly added: boolean }> {
  switch (wanted.kind) {
    case 'target': {
      const { clientId, service, server = {} } = wanted;
      // Its port may be another one than usual.
      const practice = wanted.practice && service !== undefined ? await ask('startPractice', { service }) : undefined;
      const target = practice?.resource ?? wanted.target;
      return ask('addConnection', {
        target,
        ...(service === undefined ? {} : { service }),
        ...(clientId === undefined ? {} : { clientId }),
        ...wayOf(wanted),
        ...server,
      });
    }
    case 'pasted':
      return ask('addPasted', { text: wanted.text, ...(wanted.server === undefined ? {} : { server: wanted.server }) });
    case 'practice': {
      const { resource } = await ask('startPractice', {});
      return ask('addConnection', { target: resource, service: 'practice' });
    }
  }
}

function wayOf({ wayIn }: ChosenWay): { readonly wayIn?: WayInId } {
  return wayIn === undefined ? {} : { wayIn };
}

/** Undefined where there is nothing to sign in to, or somebody has already and nothing else was typed. */
async function begin(
  connection: ConnectionView,
  added: boolean,
  way: ChosenWay,
  signal: AbortSignal,
): Promise<SignInBegun> {
  const { accounts } = connection;
  const typed = way.given !== undefined && Object.keys(way.given).length > 0;
  if (!added && !typed && (connection.access === 'none' || accounts.length > 0)) return undefined;
  try {
    const { attempt, host, authorizationUrl, device } = await ask('startSignIn', {
      connection: connection.id,
      openBrowser: false,
      // A service that is here already may suggest another way than the one that was typed for.
      ...(typed && way.givenFor !== undefined ? { wayIn: way.givenFor } : wayOf(way)),
      ...(typed ? { given: way.given } : {}),
      ...(typed && accounts.length > 0 ? { another: true } : {}),
    });
    if (device) return { begun: { attempt, host, device } };
    if (authorizationUrl !== undefined) return { begun: { attempt, host } };
    if (!typed) return undefined;
    const giveUp = () => void ask('cancelSignIn', { attempt }).catch(() => undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    const ended = await ask('signInOutcome', { attempt }).finally(() => signal.removeEventListener('abort', giveUp));
    // What was typed stays in its form, with what is wrong about it.
    if (ended.kind === 'failed') throw new WindowFault(ended);
    return { ended };
  } catch (thrown) {
    const fault = asWindowFault(thrown);
    if (added && fault.fault !== 'client-id-needed') await takeBack(connection, added, undefined);
    throw fault;
  }
}

/** Nothing of it stays. That it could not be taken back is seen in the list. */
async function takeBack(connection: ConnectionView, added: boolean, attempt: string | undefined): Promise<void> {
  if (attempt !== undefined) await ask('cancelSignIn', { attempt }).catch(() => undefined);
  if (added) noteTakenBack(connection.id);
  if (added) await ask('removeConnection', { connection: connection.id }).catch(() => undefined);
}
