/** One request of the host's on its way to the service: what whoever carries it has to know and to tell. */
import type { FaultCode } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';

export interface Turn {
  readonly signal: AbortSignal;
  /** The host has taken it back; what was not sent yet is not sent any more. */
  readonly isCancelled: () => boolean;
  /** To be called when the answer has passed, which may be before the service's stream ends. */
  readonly answered: () => void;
  /** Whose data the answer is. */
  readonly actsAs: (accountId: string | undefined) => void;
  /** The whole answer in place of sending it with this access; asked before every attempt, undefined nearly always. */
  readonly instead: (access: Access) => undefined | Promise<object | undefined>;
  /** The answer that passes is a refusal. */
  readonly refused: (code: FaultCode | undefined) => void;
  /** How whoever carries it out hears that the host has taken it back. */
  readonly carried: (tell: (bytes: Buffer) => void) => void;
  /** To be told an answer to `tools/list`. */
  readonly listed: (access: Access, answer: Buffer) => void;
}
