/** What a host asked for decides what it converses with: one service, or all that it may use. */
import { AllServices } from './all-services/all-services.ts';
import type { BridgeContext } from './bridge-context.ts';
import type { Conversation } from './conversation.ts';
import type { Host } from './host.ts';
import { Session } from './session.ts';

/** Where programs find every service at once; no connection can be called so (names begin with a letter or digit). */
export const allServicesName = '_all';

export function openConversation(context: BridgeContext, host: Host): Conversation {
  return host.reference === allServicesName ? new AllServices(context, host) : new Session(context, host);
}
