/**
 * A service as data: what it is called, which addresses are its own, which ways lead in, what its documentation states
 * where its metadata says nothing. Scopes in people's words are the catalogue's (`shared/words/permissions.ts`).
 */
import type { Advice } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';

/** One way in, with what is this service's own about it. */
export type WayInOffer =
  | { readonly way: 'authorization-code' }
  | { readonly way: 'device-code' }
  | {
      readonly way: 'client-credentials';
      /** How the client proves itself where the server's metadata does not say. */
      readonly authMethod: 'client_secret_post' | 'client_secret_basic';
      /** A private key may be given in place of a secret (RFC 7523). */
      readonly takesPrivateKey?: boolean;
      /** Asked for; a server that documents no scope parameter gets none. */
      readonly scopes?: readonly string[];
    }
  | {
      readonly way: 'password-login';
      /** `POST {email, password}` as JSON. */
      readonly loginPath: string;
    }
  | {
      readonly way: 'access-token';
      /** After so many days the person is reminded to have a new one issued. */
      readonly remindAfterDays?: number;
    }
  | {
      readonly way: 'jwt-login';
      /** `POST {username, password}` as JSON. */
      readonly loginPath: string;
      /** The word before the token. */
      readonly scheme: string;
      readonly lifeMs: number;
      /** Tokens that are generated in a day at most; the service bans a user well above it. */
      readonly dailyLimit: number;
    }
  | {
      readonly way: 'api-key';
      /** The header's name; absent: the person gives it. */
      readonly header?: string;
      /** How its keys begin. */
      readonly prefix?: string;
    };

export interface Service {
  readonly id: string;
  readonly title: string;
  /** Tools over MCP, or a web API that programs reach through our local address. */
  readonly speaks: 'mcp' | 'rest';
  /** The one to suggest first. */
  readonly waysIn: readonly WayInOffer[];
  /** Ways in that the service advises against for new users. */
  readonly legacyWays?: readonly WayInOffer['way'][];
  /** The authorization server can or must be named by hand; `no` unless given. */
  readonly asksServer?: 'may' | 'must';
  /** Comes with this program, for trying things out. */
  readonly practice?: boolean;
  /** Any service of its kind: it has no name of its own, so people call it by its host. */
  readonly generic?: boolean;
  /** The one address that everybody has. */
  readonly resource?: string;
  /** For web APIs: where a first call is harmless and wants access. The resource itself unless given. */
  readonly probePath?: string;
  /** Whether an address that a person gave belongs to this service without being told so. */
  owns(resource: URL): boolean;
  /** Whether it can be had at an address where a person names it; as `owns` unless given. */
  accepts?(resource: URL): boolean;
  /** The address of a short name such as `acme/sales-api`. Throws `address-invalid`. */
  resourceFor?(shortName: string): string;
  /** The documented endpoints, used where the service publishes none. Throws `address-invalid` for a foreign address. */
  facts?(resource: URL): AuthorizationServerInfo;
  /** A client id known in advance, public and without a secret. */
  readonly clientId?: string;
  /** What joins scopes on the consent page's URL; the token endpoint always gets the standard space. */
  readonly scopeSeparator: ' ' | ',';
  /** Whether the resource is named in requests (RFC 8707) also where its own metadata did not lead to the server. */
  readonly sendsResource: boolean;
  /** Asked for where neither the challenge nor the metadata suggests any. */
  readonly defaultScopes?: readonly string[];
  /** Where a person finds the client id. */
  readonly clientIdHelp?: Advice;
}
