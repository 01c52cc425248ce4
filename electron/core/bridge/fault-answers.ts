/**
 * The MCP edge of faults: what went wrong as a JSON-RPC error whose message a person can read, with the code and the
 * server's own answer kept for programs in `data`.
 */

import { faultSentence } from '../../../shared/fault-words.ts';
import type { Fault, FaultCode } from '../../../shared/faults.ts';
import type { MessageId } from './message.ts';

export interface ErrorData {
  readonly fault: FaultCode;
  readonly httpStatus?: number;
  readonly upstream?: unknown;
  readonly retryAtMs?: number;
}

export interface ErrorAnswer {
  readonly jsonrpc: '2.0';
  readonly id: MessageId | null;
  readonly error: { readonly code: number; readonly message: string; readonly data?: ErrorData };
}

/** From JSON-RPC's range for implementations, where neither the standard nor the SDKs have put a meaning. */
export const faultErrorCode = -32050;
export const parseErrorCode = -32700;
export const invalidRequestCode = -32600;
export const methodNotFoundCode = -32601;

/** More of a server's answer than this is of no use to a program. */
const maxUpstreamBodyBytes = 16 * 1024;

export function faultAnswer(id: MessageId, fault: Fault): ErrorAnswer {
  const { upstream, retryAtMs } = fault.detail;
  return {
    jsonrpc: '2.0',
    id,
    error: {
      code: faultErrorCode,
      message: faultSentence(fault),
      data: {
        fault: fault.code,
        ...(upstream?.status === undefined ? {} : { httpStatus: upstream.status }),
        ...(upstream?.body === undefined ? {} : { upstream: bounded(upstream.body) }),
        ...(retryAtMs === undefined ? {} : { retryAtMs }),
      },
    },
  };
}

export function plainError(id: MessageId | null, code: number, message: string): ErrorAnswer {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** The answer to what is no message at all. */
export function unreadableAnswer(kind: 'malformed' | 'invalid', id: MessageId | undefined): object {
  return kind === 'malformed'
    ? plainError(null, parseErrorCode, 'This is not valid JSON.')
    : plainError(id ?? null, invalidRequestCode, 'This is not a JSON-RPC 2.0 message.');
}

/** What a server said, within what a program can use. */
export function bounded(body: unknown): unknown {
  const text = typeof body === 'string' ? body : writable(body);
  if (text === undefined) return undefined;
  if (text.length <= maxUpstreamBodyBytes) return body;
  return `${text.slice(0, maxUpstreamBodyBytes)}…`;
}

/** JSON; undefined for what is nested so deep that it can be read but not written: the stack ends. */
function writable(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}
