/** What is remembered of tool calls: which program, which tool, how it ended, how long it took. Never what was asked or answered. */
import type { FaultCode } from '../../../shared/faults.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { BridgeBroker } from '../broker/broker.ts';
import type { Door } from '../broker/programs.ts';
import type { Call } from './calls.ts';
import type { HostRequest } from './message.ts';
import { signInTool } from './stand-in.ts';

export interface CallNotesNeeds {
  readonly broker: BridgeBroker;
  readonly now: () => number;
  readonly client: string;
  /** Absent for the person's own tools, which are no program. */
  readonly door: Door | undefined;
  readonly connectionId: () => string | undefined;
  /** Whose account the calls are for, in words. */
  readonly account: () => string | undefined;
}

export class CallNotes {
  readonly #needs: CallNotesNeeds;
  readonly #outcomes = new WeakMap<HostRequest, FaultCode | 'stood-in'>();

  constructor(needs: CallNotesNeeds) {
    this.#needs = needs;
  }

  /** A request begins; to be called when it has ended. */
  begin(request: HostRequest): (call: Call) => void {
    if (request.method !== 'tools/call') return () => undefined;
    const { broker, now, client, door, connectionId } = this.#needs;
    const startedAtMs = now();
    const id = connectionId();
    if (id !== undefined && door !== undefined && !asksToSignIn(request)) broker.noteUse(id, client, door);
    return (call) => this.#ended(request, call, startedAtMs);
  }

  /** The answer is a fault, or a refusal of the service's that passes. */
  endsIn(request: HostRequest, code: FaultCode | undefined): void {
    if (code !== undefined) this.#outcomes.set(request, code);
  }

  /** We answer ourselves: a fault in place of the service, or our own tool, which is no call of anything. */
  standIn(request: HostRequest, code: FaultCode | undefined): void {
    this.#outcomes.set(request, code === undefined || asksToSignIn(request) ? 'stood-in' : code);
  }

  #ended(request: HostRequest, call: Call, startedAtMs: number): void {
    const { broker, now, client, door } = this.#needs;
    const connectionId = this.#needs.connectionId();
    const outcome = this.#outcomes.get(request);
    if (connectionId === undefined || outcome === 'stood-in') return;
    const tool = request.params?.['name'];
    const account = this.#needs.account();
    const cancelled = call.cancelled || call.stop.signal.aborted;
    broker.noteCall({
      connectionId,
      ...(door === undefined ? {} : { program: client }),
      ...(account === undefined ? {} : { account }),
      tool: typeof tool === 'string' ? oneLine(tool) : '',
      outcome: call.takenBack?.code ?? outcome ?? (cancelled ? 'cancelled' : 'done'),
      tookMs: Math.max(0, now() - startedAtMs),
    });
  }
}

function asksToSignIn(request: HostRequest): boolean {
  return request.method === 'tools/call' && request.params?.['name'] === signInTool;
}
