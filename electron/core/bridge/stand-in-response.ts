/** The stand-in as a conversation meets it: the sign-in tool where that is called, its other answers, or the fault. */
import { Fault } from '../../../shared/faults.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { BridgeBroker } from '../broker/broker.ts';
import { faultAnswer } from './fault-answers.ts';
import type { HostRequest } from './message.ts';
import { signInResult } from './sign-in-tool.ts';
import { signInWayOf } from './sign-in-way.ts';
import { helpsToSignIn, signInTool, standInResult } from './stand-in.ts';

export interface StandInTurn {
  readonly broker: BridgeBroker;
  /** Ours, shown to the host. */
  readonly version: string;
  readonly connection: ConnectionView | undefined;
  readonly request: HostRequest;
  /** Why there is no way to the service; undefined where there is one, and a sign-in is asked for all the same. */
  readonly fault: Fault | undefined;
  readonly askedBefore: boolean;
  readonly asked: () => void;
}

/** The whole JSON-RPC response. */
export async function standInResponse(turn: StandInTurn): Promise<object> {
  const { connection, request, version } = turn;
  const fault = turn.fault && aboutService(turn.fault, connection?.title);
  if (request.method === 'tools/call' && request.params?.['name'] === signInTool) {
    const complete = request.modernVersion === undefined ? {} : { resultType: 'complete' };
    return { jsonrpc: '2.0', id: request.id, result: { ...complete, ...(await signInResult({ ...turn, fault })) } };
  }
  if (fault === undefined)
    return faultAnswer(request.id, new Fault('internal', { reason: 'stand-in without a fault' }));
  const title = connection?.title ?? 'Conexor';
  const way = connection ? signInWayOf(connection) : 'page';
  const result = standInResult(request, { fault, title, host: connection?.host ?? title, way, version });
  return result ? { jsonrpc: '2.0', id: request.id, result } : faultAnswer(request.id, fault);
}

/** Signed out is said of a service, not of the account whose sign-in is missing. */
export function aboutService(fault: Fault, title: string | undefined): Fault {
  if (title === undefined || (fault.detail.subject !== undefined && !helpsToSignIn(fault))) return fault;
  return new Fault(fault.code, { ...fault.detail, subject: title });
}
