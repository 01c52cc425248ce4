/**
 * What the window's pages ask of the broker and are told by it, typed by the one table; IPC or HTTP lies behind it.
 * `ask` throws a `WindowFault`, whose two sentences are for the screen as they are.
 */
import type {
  WindowAnswer,
  WindowArgument,
  WindowBridge,
  WindowEvent,
  WindowMethod,
  WindowResult,
} from '../../shared/window.ts';
import { wordsNow } from '../words/words-now.ts';

export class WindowFault extends Error {
  readonly fault: string;
  readonly what: string;
  readonly next: string;

  constructor(fault: { readonly fault: string; readonly what: string; readonly next: string }) {
    super(fault.fault);
    this.name = 'WindowFault';
    this.fault = fault.fault;
    this.what = fault.what;
    this.next = fault.next;
  }
}

let bridge: WindowBridge | undefined;

/** Once, before the first page is shown. */
export function connectClient(to: WindowBridge): void {
  bridge = to;
}

export async function ask<M extends WindowMethod>(method: M, argument: WindowArgument<M>): Promise<WindowResult<M>> {
  let answer: WindowAnswer;
  try {
    if (!bridge) throw new Error('not connected');
    answer = await bridge.ask(method, argument);
  } catch {
    throw ownFault('broker-absent');
  }
  if (answer.ok) return answer.result as WindowResult<M>;
  throw new WindowFault(answer.fault);
}

/** Returns how to stop. */
export function listen(listener: (event: WindowEvent) => void): () => void {
  return bridge?.listen(listener) ?? (() => undefined);
}

/** Whatever was thrown, as something that can be shown. */
export function asWindowFault(thrown: unknown): WindowFault {
  if (thrown instanceof WindowFault) return thrown;
  return ownFault('internal');
}

function ownFault(code: 'broker-absent' | 'internal'): WindowFault {
  const words = wordsNow();
  const what = words.faults[code];
  return new WindowFault({
    fault: code,
    what: typeof what === 'string' ? what : what(undefined),
    next: words.window.ownFault[code],
  });
}
