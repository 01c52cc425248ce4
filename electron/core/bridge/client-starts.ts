/**
 * Which programs have started the relay, and whether it listed tools for them. Of each program the last start from each
 * place is kept, so that a person who tries the relay by hand takes no proof away.
 */
import type { ClientId } from '../../../shared/clients.ts';
import type { ClientStart, ProcessSeen } from '../processes/client-start.ts';

export type { ClientStart, ProcessSeen } from '../processes/client-start.ts';

export interface ClientStarts {
  /** A conversation over the relay begins. What is given back is called when it has listed tools, any number of times. */
  begin(client: string, ancestors: readonly ProcessSeen[]): () => void;
  /** The newest first: at most one from each place. */
  of(client: ClientId): readonly ClientStart[];
}
