/**
 * The broker's end of the control socket: every argument is parsed by the table before a handler sees it, every result
 * before it leaves, and every fault becomes a code and two plain sentences.
 */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { type ControlMethod, type ControlResult, controlTable } from '../../../shared/control.ts';
import type { ControlFault } from '../../../shared/control-fault.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { readJsonLines } from './lines.ts';

/** One handler for every method of the table: a missing one does not compile. */
export type ControlHandlers = {
  readonly [M in ControlMethod]: (
    argument: z.output<(typeof controlTable)[M]['argument']>,
  ) => Promise<ControlResult<M>> | ControlResult<M>;
};

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.number(), z.string()]),
  method: z.string(),
  params: z.unknown().optional(),
});

export function serveControl(stream: Duplex, handlers: ControlHandlers, log: Log): void {
  const answer = (message: object) => {
    if (!stream.destroyed) stream.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  stream.on('error', () => stream.destroy());
  readJsonLines(
    stream,
    (message) => {
      const request = requestSchema.safeParse(message);
      if (!request.success) {
        stream.destroy();
        return;
      }
      const { id, method, params } = request.data;
      handle(handlers, method, params).then(
        (result) => answer({ id, result }),
        (thrown: unknown) => {
          const fault = asFault(thrown);
          if (fault.code === 'internal') log('error', 'a control request failed', { method, reason: String(thrown) });
          answer({ id, error: { code: -32000, message: fault.code, data: faultOnTheWire(fault) } });
        },
      );
    },
    () => stream.destroy(),
  );
}

export function faultOnTheWire(fault: Fault): ControlFault {
  return { fault: fault.code, ...faultWords(fault) };
}

function isMethod(method: string): method is ControlMethod {
  return Object.hasOwn(controlTable, method);
}

async function handle(handlers: ControlHandlers, method: string, params: unknown): Promise<unknown> {
  if (!isMethod(method)) throw new Fault('input-invalid', { subject: method, thing: 'request' });
  return call(handlers, method, params);
}

async function call<M extends ControlMethod>(
  handlers: ControlHandlers,
  method: M,
  params: unknown,
): Promise<ControlResult<M>> {
  const parsed = controlTable[method].argument.safeParse(params ?? {});
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    throw new Fault('input-invalid', {
      subject: first ? `"${first.path.join('.')}"` : method,
      reason: 'argument refused',
    });
  }
  const handler = handlers[method] as (argument: unknown) => Promise<ControlResult<M>>;
  return controlTable[method].result.parse(await handler(parsed.data)) as ControlResult<M>;
}
