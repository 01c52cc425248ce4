/** Who holds a conversation with the bridge, over either door, and where the bridge reaches it. */
import type { Door } from '../broker/programs.ts';
import type { EventSink } from './reply.ts';

export interface Host {
  readonly client: string;
  readonly door: Door;
  /** The person's own tool: nobody is asked about it, and it is not in the list of programs. */
  readonly own?: boolean;
  /** Id, name or address of the connection; undefined where there is only one. */
  readonly reference: string | undefined;
  /** Messages that belong to no request of the host's. */
  readonly events: EventSink;
  /** What waits for this host is not for it any more. */
  readonly forget?: () => void;
  /** Whether the key with which it began still holds; absent where there is none. */
  readonly isLet?: () => boolean;
  /** Its key was removed: it ends, and a new key of the same name begins conversations of its own. */
  readonly keyRemoved?: () => void;
  /** What it asks for is not served by this conversation any more: it ends, and the host finds who serves it. */
  readonly servedElsewhere?: () => void;
}
