/**
 * A program comes over the socket: who it is, by its own word and by where the system says that it comes from. A
 * conversation waits for that a moment only; where it is learned later that the name is another one's, it ends, and the
 * relay comes again under its own.
 */
import type { Socket } from 'node:net';
import type { HelloProcess, McpHello } from '../../../shared/hello.ts';
import type { BridgeBroker } from '../broker/broker.ts';
import type { Ancestors } from '../processes/ancestors.ts';
import type { ProcessSeen } from '../processes/client-start.ts';
import { knownProgram } from '../processes/known-program.ts';
import type { ProgramOrigin } from '../processes/same-program.ts';
import type { Signers } from '../processes/signers.ts';
import { inodeOf } from '../processes/socket-peer.ts';
import type { ClientStarts, StartedConversation } from './client-starts.ts';

export interface ProgramSources {
  readonly ancestors: Ancestors;
  readonly signers: Signers;
  readonly starts: ClientStarts;
  /** Whether one of them is the program of this name itself; undefined where nobody knows how that one looks. */
  readonly isOwn?: (client: string, ancestors: readonly ProcessSeen[]) => boolean | undefined;
}

export interface Arrival {
  /** As it is known here. */
  readonly client: string;
  /** To be called when the conversation has listed tools, any number of times. */
  readonly listed: () => void;
}

export interface Arrivals {
  /** The stream is not read meanwhile, and may be gone when this resolves. Never throws. */
  meet(stream: Socket, hello: McpHello): Promise<Arrival>;
  close(): void;
}

interface Present {
  readonly word: string;
  readonly conversation: StartedConversation | undefined;
  origin: ProgramOrigin | undefined;
  isStranger: boolean;
  /** Undefined while it waits. */
  client: string | undefined;
}

/** A host should not notice. One query of Windows takes longer: then its answer counts from the next start on. */
const usualWaitMs = 300;

export function watchArrivals(broker: BridgeBroker, sources?: ProgramSources, waitMs = usualWaitMs): Arrivals {
  const present = new Map<Socket, Present>();

  const named = ({ word, origin, isStranger }: Present) => broker.meetProgram(word, origin, isStranger);

  function lookAgain(stream: Socket, one: Present): void {
    if (one.client === undefined || named(one) === one.client) return;
    one.conversation?.another();
    stream.destroy();
  }

  // While the vault is locked, nobody knows which name is whose.
  let wasLocked = broker.snapshot().vault.kind === 'locked';
  const unsubscribe =
    sources &&
    broker.subscribe(({ vault }) => {
      const isOpened = wasLocked && vault.kind !== 'locked';
      wasLocked = vault.kind === 'locked';
      if (isOpened) for (const [stream, one] of present) lookAgain(stream, one);
    });

  return {
    async meet(stream, { client: word, own, process: relay }) {
      if (own) return { client: word, listed: () => undefined };
      const conversation = sources?.starts.begin(word);
      const one: Present = { word, conversation, origin: undefined, isStranger: false, client: undefined };
      if (sources && relay) {
        const learned = (async (from: HelloProcess) => {
          const ancestors = await sources.ancestors.of(from, inodeOf(stream));
          // Before who it was: a proof that is stored meanwhile is to be none.
          if ((await sources.ancestors.isOurs?.(from)) === false) conversation?.another();
          conversation?.seen(ancestors);
          const path = knownProgram(ancestors);
          if (path === undefined) return;
          one.isStranger = sources.isOwn?.(word, ancestors) === false;
          one.origin = { path };
          lookAgain(stream, one);
          const signer = await sources.signers.of(path);
          if (signer === undefined) return;
          one.origin = { path, signer };
          lookAgain(stream, one);
        })(relay);
        await within(learned, waitMs);
      }
      one.client = named(one);
      // One that is asked about under a name of its own (`<name>#2`).
      if (one.client.startsWith(`${word}#`)) conversation?.another();
      if (!stream.destroyed) {
        present.set(stream, one);
        stream.on('close', () => present.delete(stream));
      }
      return { client: one.client, listed: () => conversation?.listed() };
    },
    close: () => unsubscribe?.(),
  };
}

/** Also where it fails: then nothing is learned. */
async function within(work: Promise<void>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work.catch(() => undefined), tooLate]);
  clearTimeout(timer);
}
