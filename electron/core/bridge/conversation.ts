/** One conversation with one host, whatever serves it: one service, or all of them. */
import type { HostMessage, HostRequest } from './message.ts';
import type { HostHeaders } from './modern-session.ts';
import type { Reply } from './reply.ts';

export interface Conversation {
  /**
   * Answers one request through `reply`; resolves when that is done. `gone` aborts when the host no longer wants the
   * answer. Never throws.
   */
  request(request: HostRequest, reply: Reply, gone?: AbortSignal, hostHeaders?: HostHeaders): Promise<void>;
  /** Any message of the host but a request. Nothing is answered to it. */
  notify(message: HostMessage): void;
  /** A resumption of the host's own (GET with Last-Event-ID). */
  resume(lastEventId: string, reply: Reply, gone: AbortSignal): Promise<void>;
  /** The host wants messages that belong to no request (its GET stream). */
  listen(): void;
  readonly isIdle: boolean;
  /** Resolves when no request waits for its answer any more, or after `waitMs`. */
  drained(waitMs: number): Promise<void>;
  /** Ends it at the service too, bounded in time. Never throws. */
  close(): Promise<void>;
}
