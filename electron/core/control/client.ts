/** The other end of the control socket: typed calls, and faults with the broker's own plain sentences. */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { type ControlArgument, type ControlMethod, type ControlResult, controlTable } from '../../../shared/control.ts';
import { type ControlFault, controlFaultSchema } from '../../../shared/control-fault.ts';
import { readJsonLines } from './lines.ts';

export class ControlError extends Error {
  readonly words: ControlFault;

  constructor(words: ControlFault) {
    super(words.fault);
    this.name = 'ControlError';
    this.words = words;
  }
}

export interface ControlClient {
  /** Rejects with `ControlError`. */
  ask<M extends ControlMethod>(method: M, argument: ControlArgument<M>): Promise<ControlResult<M>>;
  close(): void;
  /** Fulfilled when the broker has gone, or this end was closed. */
  readonly closed: Promise<void>;
}

const answerSchema = z.object({
  id: z.union([z.number(), z.string()]),
  result: z.unknown().optional(),
  error: z.object({ data: controlFaultSchema }).optional(),
});

const lost: ControlFault = {
  fault: 'broker-unreachable',
  what: 'Conexor stopped while it was being asked.',
  next: 'Run "npx conexor start" and try again.',
};

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ControlError) => void;
}

export function createControlClient(stream: Duplex): ControlClient {
  const pending = new Map<number, Pending>();
  let next = 1;
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  const fail = () => {
    for (const one of pending.values()) one.reject(new ControlError(lost));
    pending.clear();
    stream.destroy();
  };
  stream.on('error', fail);
  stream.on('close', fail);
  readJsonLines(
    stream,
    (message) => {
      const answer = answerSchema.safeParse(message);
      if (!answer.success) return fail();
      const one = pending.get(Number(answer.data.id));
      pending.delete(Number(answer.data.id));
      if (answer.data.error) one?.reject(new ControlError(answer.data.error.data));
      else one?.resolve(answer.data.result);
    },
    fail,
  );
  return {
    async ask(method, argument) {
      const id = next++;
      const result = await new Promise<unknown>((resolve, reject) => {
        if (stream.destroyed) return reject(new ControlError(lost));
        pending.set(id, { resolve, reject });
        stream.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params: argument })}\n`);
      });
      return controlTable[method].result.parse(result) as ControlResult<typeof method>;
    },
    close: () => stream.end(),
    closed,
  };
}
