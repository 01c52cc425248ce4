/**
 * Adds a service and begins its sign-in. A service that was added by this attempt and cannot be signed in to is taken
 * away again, so that a slip of the keyboard leaves nothing behind.
 */
import { useState } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ask, asWindowFault, type WindowFault } from '../client/client.ts';
import { type Task, useTask } from '../parts/use-task.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { noteTakenBack } from './taken-back.ts';

export type Wanted =
  | { readonly kind: 'target'; readonly target: string; readonly clientId?: string }
  | { readonly kind: 'pasted'; readonly text: string; readonly server?: string }
  | { readonly kind: 'practice' };

/** The service is there, and waits for a client ID before it lets anybody sign in. */
export interface ClientIdNeeded {
  readonly connection: ConnectionView;
  readonly added: boolean;
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

/** `onConnected`: the service is in the list; its sign-in, if it needs one, is open over the page. */
export function useConnect(onConnected: (connection: ConnectionView, added: boolean) => void): Connect {
  const task = useTask();
  const [clientIdNeeded, setClientIdNeeded] = useState<ClientIdNeeded>();

  const connect = (wanted: Wanted) =>
    task.run(async (signal) => {
      const { connection, added } = await add(wanted);
      const attempt = await begin(connection, added).catch((thrown: unknown) => {
        const fault = asWindowFault(thrown);
        if (fault.fault !== 'client-id-needed') throw fault;
        if (!signal.aborted) setClientIdNeeded({ connection, added: added || (clientIdNeeded?.added ?? false), fault });
        return 'client-id-needed' as const;
      });
      if (signal.aborted) {
        return takeBack(connection, added, attempt === 'client-id-needed' ? undefined : attempt?.attempt);
      }
      if (attempt === 'client-id-needed') return;
      setClientIdNeeded(undefined);
      onConnected(connection, added);
      if (attempt !== undefined) openSignIn({ connection: connection.id }, attempt);
    });

  return {
    task,
    clientIdNeeded,
    connect,
    giveClientId(clientId) {
      if (clientIdNeeded) connect({ kind: 'target', target: clientIdNeeded.connection.resource, clientId });
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
      const { target, clientId } = wanted;
      return ask('addConnection', { target, ...(clientId === undefined ? {} : { clientId }) });
    }
    case 'pasted':
      return ask('addPasted', { text: wanted.text, ...(wanted.server === undefined ? {} : { server: wanted.server }) });
    case 'practice': {
      const { resource } = await ask('startPractice', {});
      return ask('addConnection', { target: resource, service: 'practice' });
    }
  }
}

/** The waiting attempt; undefined where there is nothing to sign in to, or somebody has already. */
async function begin(
  connection: ConnectionView,
  added: boolean,
): Promise<{ readonly attempt: string; readonly host: string } | undefined> {
  if (!added && (connection.access === 'none' || connection.accounts.length > 0)) return undefined;
  try {
    const started = await ask('startSignIn', { connection: connection.id, openBrowser: false });
    return started.authorizationUrl === undefined ? undefined : { attempt: started.attempt, host: started.host };
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
