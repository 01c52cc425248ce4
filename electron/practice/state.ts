/** What the routes share: who exists, what was issued, what was seen, and the dials that `control` turns. */
import { serverPaths } from './accounts.ts';
import type { OAuthClients } from './clients.ts';
import type { Grants } from './grants.ts';
import type { Scope } from './scopes.ts';
import type { PracticeSeen } from './seen.ts';
import type { Signer } from './signing.ts';

interface PracticeDials {
  accessTokenLifeMs: number;
  /** Tool calls left before 402; undefined means no limit. */
  callsLeft: number | undefined;
  /** When set, a consent grants no more than these, whatever was asked (RFC 6749 s3.3). */
  grantable: readonly Scope[] | undefined;
  /** Whether API keys are good. */
  acceptsKeys: boolean;
}

export interface PracticeState extends PracticeDials {
  readonly baseUrl: string;
  readonly now: () => number;
  readonly codeLifeMs: number;
  readonly refreshTokens: boolean;
  readonly publishMetadata: boolean;
  readonly clients: OAuthClients;
  readonly grants: Grants;
  readonly signer: Signer;
  readonly seen: PracticeSeen;
  /** Whether tokens can be asked for this address (RFC 8707): one of the MCP servers, to the letter. */
  readonly isResource: (address: string) => boolean;
}

export const resourceAddress = (baseUrl: string, serverPath: string): string => `${baseUrl}/mcp/${serverPath}`;

export const isResourceOf = (baseUrl: string, address: string): boolean =>
  serverPaths.some((path) => resourceAddress(baseUrl, path) === address);
