/**
 * A service as data: what it is called, which addresses are its own, what its documentation states where its metadata
 * says nothing. Scopes in people's words are the catalogue's (`shared/words/permissions.ts`).
 */
import type { Advice } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';

export interface Service {
  readonly id: string;
  readonly title: string;
  /** Whether an address that a person gave belongs to this service without being told so. */
  owns(resource: URL): boolean;
  /** The address of a short name such as `acme/sales-api`. Throws `address-invalid`. */
  resourceFor?(shortName: string): string;
  /** The documented endpoints, used where the service publishes none. Throws `address-invalid` for a foreign address. */
  facts?(resource: URL): AuthorizationServerInfo;
  /** A client id known in advance, public and without a secret. */
  readonly clientId?: string;
  /** What joins scopes on the consent page's URL; the token endpoint always gets the standard space. */
  readonly scopeSeparator: ' ' | ',';
  /** Whether the resource is named in requests (RFC 8707). */
  readonly sendsResource: boolean;
  /** Asked for where neither the challenge nor the metadata suggests any. */
  readonly defaultScopes?: readonly string[];
  /** Where a person finds the client id. */
  readonly clientIdHelp?: Advice;
}
