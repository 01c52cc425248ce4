/** The authorization server of a connection: named by hand, or found by asking the resource without a token. */
import type { WayInId } from '../../../shared/ways-in.ts';
import type { Target } from '../credentials/way-in.ts';
import { discover, probeResource } from '../oauth/discovery.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import type { Service } from '../services/service.ts';
import type { ConnectionRecord } from '../vault/records.ts';

export interface ConnectionDiscovery {
  /** The resource answers without any sign-in. */
  isOpen(): Promise<boolean>;
  readonly discover: Target['server'];
}

/** Asks the resource at most once, and only when somebody wants to know. */
export function discoverFor(
  { http }: { readonly http: OAuthFetch },
  connection: ConnectionRecord,
  service: Service,
  _wayIn: WayInId,
): ConnectionDiscovery {
  let asked: ReturnType<typeof probeResource> | undefined;
  const probe = () => {
    asked ??= probeResource(http, connection.resource);
    return asked;
  };
  return {
    isOpen: async () => (await probe()).access === 'none',
    async discover() {
      const answer = await probe();
      const challenge = answer.access === 'protected' ? answer.challenge : undefined;
      const found = await discover(http, { resource: connection.resource, challenge, service });
      return { server: found.server, resource: found.resource, scopes: found.suggestedScopes };
    },
  };
}
