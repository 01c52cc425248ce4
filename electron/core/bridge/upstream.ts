/** Requests to one connection for one local client, with access that is renewed once where it is refused (P-48). */
import type { Dispatcher } from 'undici';
import type { Access, AccessRequest, AccessTokens } from '../broker/broker.ts';
import { exchange, type UpstreamRequest, type UpstreamResponse } from './exchange.ts';

export interface Exchanged {
  readonly response: UpstreamResponse;
  /** The access that was accepted last: that of the second request where the first was refused. */
  readonly access: Access;
}

/** The account changed between two sendings of one request: the request has to begin anew, as the new account. */
export class AccountChanged extends Error {}

export interface Upstream {
  readonly connectionId: string;
  /** Throws what `AccessTokens.get` throws. */
  access(): Promise<Access>;
  /**
   * Sends with this access; on 401 access is renewed once and the request sent once more (P-48, RFC 6750 s3.1).
   * Throws `unreachable` (nothing was sent), `answer-lost`, `tls-refused`, what `AccessTokens.get` throws, and `AccountChanged`.
   */
  send(access: Access, request: UpstreamRequest): Promise<Exchanged>;
  /** Sends once with this very access, whatever has become of the account: the end of a session. */
  end(access: Access, request: UpstreamRequest): Promise<Exchanged>;
}

/** For whom access is asked. */
export type Asker = Pick<AccessRequest, 'client' | 'door'>;

export function upstreamOf(http: Dispatcher, tokens: AccessTokens, connectionId: string, asker: Asker): Upstream {
  return {
    connectionId,
    access: () => tokens.get({ connectionId, ...asker }),
    end: async (access, request) => ({ response: await exchange(http, access, request), access }),
    async send(access, request) {
      const response = await asAsked(http, access, request);
      if (response.status !== 401) return { response, access };
      response.discard();
      const renewed = await tokens.get({ connectionId, ...asker, rejected: access });
      // Another account's access would put this request into another person's data: the session decides that anew.
      if (renewed.accountId !== access.accountId) throw new AccountChanged();
      return { response: await asAsked(http, renewed, request), access: renewed };
    },
  };
}

/** Sends once, and once more where the service asked for another proof of the same access. */
async function asAsked(http: Dispatcher, access: Access, request: UpstreamRequest): Promise<UpstreamResponse> {
  const response = await exchange(http, access, request);
  if (!response.asksAgain) return response;
  response.discard();
  return exchange(http, access, request);
}

/** Begins anew where the account changed under a request that was not carried out. */
export async function asOneAccount(attempt: () => Promise<void>): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof AccountChanged) || attempts === 3) throw thrown;
    }
  }
}
