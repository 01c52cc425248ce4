/**
 * The way in of machines: an id and a secret, or a private key, that the service issued for this client alone
 * (RFC 6749 s4.4). Renewing is asking again with them, so they are kept; nothing is spent by asking twice.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Field } from '../../../shared/ways-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { OAuthClient } from '../oauth/client-authentication.ts';
import { requestClientCredentials } from '../oauth/client-credentials.ts';
import { dpopProver, newDpopKey, offersDpop } from '../oauth/dpop.ts';
import { type Identity, identityOfToken } from '../oauth/identity.ts';
import type { WayInOffer } from '../services/service.ts';
import type { GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { grantFrom, isBound } from './authorization-code.ts';
import { issuedCredential } from './dpop.ts';
import { type Given, requireGiven } from './given.ts';
import { offerOf, requireOffer } from './offer.ts';
import { renewalDueMs } from './renewal.ts';
import { cancellationsAt, storedServer } from './stored-server.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

type Offer = Extract<WayInOffer, { readonly way: 'client-credentials' }>;

export function clientCredentials({ vault, http, now, nonces }: WayInNeeds): WayIn {
  const proverOf = ({ dpopKey }: Pick<GrantRecord, 'dpopKey'>) => dpopKey && dpopProver(dpopKey, nonces, now);
  const keptOf = ({ accountId }: GrantRecord) => vault.get('credential', accountId)?.fields;
  return {
    id: 'client-credentials',
    keepsTyped: true,
    isIssued: true,
    fields,
    credential: (grant) => issuedCredential(grant, isBound(grant) ? proverOf(grant) : undefined),
    renewFromMs: renewalDueMs,
    canRenew: (grant) => keptOf(grant) !== undefined,
    mayRepeat: () => true,

    async renew(grant) {
      const kept = keptOf(grant);
      if (!kept) throw new Fault('sign-in-needed', { reason: 'no credentials are kept' });
      const server = storedServer(vault, grant.issuer);
      const { service } = offerOf(vault, grant, 'client-credentials');
      const resource = resourceFor(server, grant.namesResource ?? service.sendsResource, grant.resource);
      const request = { scopes: grant.requestedScopes, resource, dpop: proverOf(grant) };
      const tokens = await requestClientCredentials(http, server, clientOf(grant, kept), request, now);
      // A resource that takes no proofs goes on getting none.
      const tokenType = isBound(grant) ? tokens.tokenType : grant.tokenType;
      return { ...grant, ...grantFrom(grant, tokens), tokenType, refreshToken: undefined };
    },

    cancellations(grant, subject, kept = keptOf(grant)) {
      if (!kept) return [];
      return cancellationsAt(storedServer(vault, grant.issuer), clientOf(grant, kept), grant, subject, now());
    },

    async obtain(target, given, signal) {
      const offer = requireOffer([target.offer], 'client-credentials');
      const clientId = requireGiven(given, 'client-id').open();
      // One of the two, whichever is asked for first.
      if (!given['private-key']) requireGiven(given, 'client-secret');
      const { server, resource, scopes: suggested, namesResource } = await target.server();
      const authMethod = authMethodFor(server, offer, given);
      const client = clientOf({ clientId, authMethod }, given);
      const scopes = target.scopes ?? suggested ?? [];
      const named = resourceFor(server, namesResource, resource);
      const dpopKey = offersDpop(server) ? await newDpopKey() : undefined;
      const request = { scopes, resource: named, signal, dpop: proverOf({ dpopKey }) };
      const tokens = await requestClientCredentials(http, server, client, request, now);
      const { issuer } = server;
      const facts = { accountId: '', wayIn: 'client-credentials', issuer, resource, clientId, namesResource } as const;
      return {
        // Whatever else came with it (RFC 6749 s4.4.3: nothing should), asking again is how this is renewed.
        grant: {
          ...grantFrom({ ...facts, requestedScopes: scopes }, tokens),
          refreshToken: undefined,
          authMethod,
          // What was asked for bound and came unbound is used as what it is (RFC 9449 section 5).
          dpopKey: tokens.tokenType === 'DPoP' ? dpopKey : undefined,
        },
        identity: identityOf(clientId, identityOfToken(tokens.accessToken, resource)),
        kept: given,
        server,
      };
    },
  };
}

/** The client that a grant came by, where it is the account's own. */
export function ownClient(vault: Vault, grant: GrantRecord): OAuthClient | undefined {
  if (grant.wayIn !== 'client-credentials') return undefined;
  const kept = vault.get('credential', grant.accountId)?.fields;
  return kept && clientOf(grant, kept);
}

function fields(offer: WayInOffer): readonly Field[] {
  const takesKey = offer.way === 'client-credentials' && offer.takesPrivateKey === true;
  const id: Field = { name: 'client-id', secret: false, required: true };
  const secret: Field = { name: 'client-secret', secret: true, required: !takesKey };
  return takesKey ? [id, secret, { name: 'private-key', secret: true, required: false }] : [id, secret];
}

/** A key is only good for signing; for a secret the server's metadata says which way, and the service's documents else. */
function authMethodFor(server: AuthorizationServerInfo, offer: Offer, given: Given): OAuthClient['authMethod'] {
  if (given['private-key']) return 'private_key_jwt';
  const offered = server.metadata.token_endpoint_auth_methods_supported ?? [];
  const known = [offer.authMethod, 'client_secret_basic', 'client_secret_post'] as const;
  return known.find((method) => offered.includes(method)) ?? offer.authMethod;
}

function clientOf({ clientId, authMethod }: Pick<GrantRecord, 'clientId' | 'authMethod'>, kept: Given): OAuthClient {
  const { 'client-secret': clientSecret, 'private-key': privateKey } = kept;
  return {
    clientId,
    authMethod: authMethod ?? 'client_secret_basic',
    ...(clientSecret ? { clientSecret } : {}),
    ...(privateKey ? { privateKey } : {}),
  };
}

/** Documented token requests have no such parameter; servers that a resource named are to be told (RFC 8707). */
function resourceFor(server: AuthorizationServerInfo, isNamed: boolean, resource: string): string | undefined {
  return server.source === 'discovered' && isNamed ? resource : undefined;
}

/** The id is what a person knows the client by: at some services they chose it themselves. */
function identityOf(clientId: string, { subject, organisation }: Identity): Identity {
  return { subject: subject ?? clientId, label: clientId, ...(organisation ? { organisation } : {}) };
}
