/**
 * What survives a restart, as typed records. Each kind is a map from key to record in the sealed file; the file as a
 * whole carries the format number. Times are absolute milliseconds. Records are immutable: a change is a new record.
 */
import { z } from 'zod';
import { fieldNames, wayInSchema } from '../../../shared/ways-in.ts';
import { Secret } from './secret.ts';

/** In the sealed file a secret is its text; in memory it is a `Secret`. */
const secret = z.codec(z.string(), z.instanceof(Secret), {
  decode: (text) => new Secret(text),
  encode: (value) => value.open(),
});

const timeMs = z.number().int().nonnegative();

/** When a token was asked for that the service counts. */
const generation = z.object({
  /** By the service's own clock, where it told. */
  atMs: timeMs.optional(),
  /** By the time that this program had run. */
  ranMs: timeMs,
});

const authMethod = z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']);

/** Why access ended for good, as the code of a fault. */
export const refusals = [
  'sign-in-needed',
  'credentials-refused',
  'client-refused',
  'token-refused',
  'scope-refused',
  'target-refused',
  'second-factor-needed',
  'account-banned',
  'account-disabled',
  'plan-limit',
  'service-answer-invalid',
] as const;

/** One configured resource: what a person calls "a service". Key: `id`. */
export const connectionRecord = z.object({
  id: z.string(),
  /** Short name for commands and local addresses; unique, lower case. */
  name: z.string(),
  /** A preset's id of `core/services`. */
  service: z.string(),
  /** The resource's address exactly as it was given or as its metadata publishes it (RFC 8707). */
  resource: z.string(),
  createdAtMs: timeMs,
  /** Programs get no access until it is taken up again; the sign-in is kept. */
  paused: z.boolean().default(false),
  /** `none`: the resource answers without any sign-in. (The other is what the one way in was called at first.) */
  access: z.enum(['authorization-code', 'none']),
  /** The way in that is suggested for the next sign-in; each account has its own. */
  wayIn: wayInSchema.default('authorization-code'),
  /** Where the authorization server was named by hand: its issuer, and endpoints that it does not publish. */
  authorizationServer: z
    .object({
      issuer: z.string(),
      endpoints: z.partialRecord(
        z.enum(['authorization_endpoint', 'token_endpoint', 'revocation_endpoint', 'device_authorization_endpoint']),
        z.string(),
      ),
    })
    .optional(),
  /** Scopes to ask for at the next sign-in beyond what the service suggests (step-up). */
  extraScopes: z.array(z.string()),
  /** Where the authorization server insists on an exact redirect URI. */
  redirect: z.object({ host: z.enum(['127.0.0.1', 'localhost']), port: z.number().int(), path: z.string() }).optional(),
  /**
   * The client that a person gave for this connection (MCP M-C 12). The first sign-in tells which issuer it belongs to,
   * and no other one is ever shown it (M-C 7); from then on its secret stands with its registration.
   */
  client: z.object({ clientId: z.string(), clientSecret: secret.optional(), issuer: z.string().optional() }).optional(),
  currentAccountId: z.string().optional(),
  /** Local clients that use another account than the current one: client name to account id. */
  accountByClient: z.record(z.string(), z.string()),
});

/** A person's account at a connection. Key: `id`. */
export const accountRecord = z.object({
  id: z.string(),
  connectionId: z.string(),
  issuer: z.string(),
  /** Who it is at the issuer; absent where the service does not say. */
  subject: z.string().optional(),
  label: z.string(),
  wayIn: wayInSchema.default('authorization-code'),
  email: z.string().optional(),
  organisation: z.string().optional(),
  addedAtMs: timeMs,
  /** Why it cannot be used just now; absent when it can. */
  trouble: z.enum(['sign-in-again', 'permission-needed', 'plan-limit', 'removed-by-service']).optional(),
  neededScopes: z.array(z.string()).optional(),
});

/** The token set of an account, for one issuer and one resource. Key: `grantKey(...)`. */
export const grantRecord = z.object({
  accountId: z.string(),
  issuer: z.string(),
  resource: z.string(),
  clientId: z.string(),
  wayIn: wayInSchema.default('authorization-code'),
  /** The word before the token in the header; empty where the token stands alone. */
  tokenType: z.string(),
  /** The header that carries the token, where it is not `authorization`. */
  header: z.string().optional(),
  /** The private key that the token is bound to (RFC 9449), as a JWK. */
  dpopKey: secret.optional(),
  accessToken: secret,
  refreshToken: secret.optional(),
  /** The last one, which must not be used for a refresh any more: it is kept to be cancelled. */
  endedRefreshToken: z
    .object({
      token: secret,
      /** The service has given none since. False where the answer to a refresh never came: it may have. */
      isNewest: z.boolean(),
    })
    .optional(),
  requestedScopes: z.array(z.string()),
  grantedScopes: z.array(z.string()),
  /** When the access token was received, and when it ends; absent where the server does not say. */
  obtainedAtMs: timeMs,
  expiresAtMs: timeMs.optional(),
  /** Whether this server has been seen to replace the refresh token; unknown until the first refresh. */
  rotatesRefreshToken: z.boolean().optional(),
  /** How the client proves itself, for a client that belongs to this account alone and not to the connection. */
  authMethod: authMethod.optional(),
  /** The service's final no: nobody asks it again before a person signs in. */
  refusal: z.enum(refusals).optional(),
  /** From then on it may be asked again by itself: plans are changed elsewhere. */
  refusalEndsAtMs: timeMs.optional(),
  /** Of a token that the service counts. */
  generation: generation.optional(),
  /** The resource is named in requests because its own metadata led to the server (RFC 8707). */
  namesResource: z.boolean().optional(),
});

/** We as a client of an issuer. Key: `registrationKey(...)`. */
export const registrationRecord = z.object({
  issuer: z.string(),
  /** Empty for one that is valid for any loopback redirect (pre-registered). */
  redirectUri: z.string(),
  clientId: z.string(),
  clientSecret: secret.optional(),
  secretExpiresAtMs: timeMs.optional(),
  authMethod,
  /** For `private_key_jwt`: PEM or JWK. */
  privateKey: secret.optional(),
  source: z.enum(['preset', 'given', 'dynamic']),
  registrationAccessToken: secret.optional(),
  registrationClientUri: z.string().optional(),
  /** A sign-in with it came to nothing, maybe because of it: the next one is done with another. */
  isDoubtful: z.boolean().optional(),
});

/** An authorization server's metadata (RFC 8414), so that a refresh after a restart needs no discovery. Key: issuer. */
export const authorizationServerRecord = z.object({
  issuer: z.string(),
  source: z.enum(['discovered', 'preset']),
  metadata: z.record(z.string(), z.unknown()),
  fetchedAtMs: timeMs,
});

/** A refresh that was begun and whose outcome is not stored yet. Key: that of its grant. */
export const refreshJournalRecord = z.object({
  /** SHA-256 of the refresh token that was or was not consumed, base64url. */
  refreshTokenDigest: z.string(),
  startedAtMs: timeMs,
});

/** A token that the service has not confirmed to have cancelled. Key: `id`. */
export const revocationRecord = z.object({
  id: z.string(),
  issuer: z.string(),
  endpoint: z.string(),
  /** For people: whose access it was. */
  subject: z.string(),
  clientId: z.string(),
  clientSecret: secret.optional(),
  authMethod,
  privateKey: secret.optional(),
  token: secret,
  hint: z.enum(['refresh_token', 'access_token']),
  requestedAtMs: timeMs,
  attempts: z.number().int(),
  nextAttemptAtMs: timeMs,
});

/** What a person typed and renewing needs. Key: the account's id. */
export const credentialRecord = z.object({
  accountId: z.string(),
  fields: z.partialRecord(z.enum(fieldNames), secret),
});

/**
 * Tokens that were generated for one user of a service that bans whoever generates too many. Written before each
 * request. Key: `generationsKey(...)`.
 */
export const generationsRecord = z.object({
  /** In the order in which they were asked for. */
  asked: z.array(generation),
});

/** How long this program has run in all, since it first counted something. Key: `runningTimeKey`. */
export const runningTimeRecord = z.object({ ranMs: timeMs });

/** A program on this computer and its leave to use one connection by one door. Key: `programKey(...)`. */
export const programRecord = z.object({
  connectionId: z.string(),
  name: z.string(),
  access: z.enum(['allowed', 'asking', 'refused']),
  /** A person decided it; else it came in because nobody has to be asked here. */
  decided: z.boolean(),
  /** The door it comes by, and that its leave is for. */
  door: z.enum(['stdio', 'http']),
  firstSeenAtMs: timeMs,
  lastUsedAtMs: timeMs.optional(),
  /** Where the program lies that comes under this name, and who signed it (empty: nobody), as far as the system tells. */
  path: z.string().optional(),
  signer: z.string().optional(),
});

/** A program's own process has started the relay, and that listed tools. Key: `clientStartKey(...)`. */
export const clientStartRecord = z.object({
  client: z.string(),
  ancestors: z.array(
    z.object({ pid: z.number().int(), path: z.string(), words: z.array(z.string()), image: z.string().optional() }),
  ),
  startedAtMs: timeMs,
  listedAtMs: timeMs,
});

/** A program on this computer that uses the HTTP face. Key: its name. */
export const localClientRecord = z.object({
  name: z.string(),
  key: secret,
  createdAtMs: timeMs,
  /** Holds for requests from a container only, and for no others. */
  from: z.literal('container').optional(),
});

export const recordSchemas = {
  connection: connectionRecord,
  account: accountRecord,
  grant: grantRecord,
  registration: registrationRecord,
  authorizationServer: authorizationServerRecord,
  refreshJournal: refreshJournalRecord,
  revocation: revocationRecord,
  credential: credentialRecord,
  generations: generationsRecord,
  runningTime: runningTimeRecord,
  program: programRecord,
  clientStart: clientStartRecord,
  localClient: localClientRecord,
} as const;

export type RecordKind = keyof typeof recordSchemas;
export type RecordOf<K extends RecordKind> = z.output<(typeof recordSchemas)[K]>;

export type ConnectionRecord = RecordOf<'connection'>;
export type AccountRecord = RecordOf<'account'>;
export type GrantRecord = RecordOf<'grant'>;
export type RegistrationRecord = RecordOf<'registration'>;
export type Generation = z.output<typeof generation>;
export type Refusal = (typeof refusals)[number];
export type ProgramRecord = RecordOf<'program'>;
export type RevocationRecord = RecordOf<'revocation'>;

/** Grants are keyed by issuer and resource, so that a token can never be found for another of either (MCP M-C 7, P-50). */
export function grantKey(issuer: string, resource: string, accountId: string): string {
  return JSON.stringify([issuer, resource, accountId]);
}

/** Older versions had one record for a name, under a key without the door; it counts for the door that it names. */
export function programKey(connectionId: string, name: string, door: ProgramRecord['door']): string {
  return JSON.stringify([connectionId, name, door]);
}

/** `place`: where the program lies; empty where the system does not tell. */
export function clientStartKey(client: string, place: string): string {
  return JSON.stringify([client, place]);
}

/** The count belongs to the user at the service, whichever connection or account asks; both in their one spelling. */
export function generationsKey(place: string, foldedName: string): string {
  return JSON.stringify([place, foldedName]);
}

/**
 * Registrations are keyed by issuer, redirect URI (P-54) and client id, so that none takes another one's place. Older
 * versions had no client id in the key: see `olderRegistrationKey`.
 */
export function registrationKey({
  issuer,
  redirectUri,
  clientId,
}: Pick<RegistrationRecord, 'issuer' | 'redirectUri' | 'clientId'>): string {
  return JSON.stringify([issuer, redirectUri, clientId]);
}

export function olderRegistrationKey({
  issuer,
  redirectUri,
}: Pick<RegistrationRecord, 'issuer' | 'redirectUri'>): string {
  return JSON.stringify([issuer, redirectUri]);
}
