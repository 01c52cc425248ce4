/**
 * What our own faces (command line, window) may ask of the broker: one table, method to argument and result, from
 * which both ends derive. On the control socket it travels as JSON-RPC 2.0, one message a line; later over IPC and HTTP.
 * A key of a local client is the only secret that crosses, to be shown once to the person who asked for it.
 */
import { z } from 'zod';
import { clientMethods, takeOverMethods } from './clients.ts';
import { containerMethods } from './containers.ts';
import { importMethods } from './imports.ts';
import { connectionViewSchema, snapshotSchema } from './snapshot.ts';
import { deviceCodeSchema, givenSchema, serviceViewSchema, wayInSchema } from './ways-in.ts';

const reference = z.string().min(1).max(2048);
const optionalReference = reference.optional();
/** As programs may name themselves: one short line without control or direction characters. Leave for another is for nobody. */
const programName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?!\s)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+(?<!\s)$/u);

export const signInOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    account: z.string(),
    accountId: z.string(),
    known: z.boolean(),
    current: z.boolean(),
    connection: connectionViewSchema,
    /** A first call has worked. */
    works: z.boolean(),
    /** What the service said to it instead, and will say to others. */
    stop: z.object({ fault: z.string(), what: z.string(), next: z.string() }).optional(),
  }),
  z.object({ kind: z.literal('open'), connection: connectionViewSchema }),
  z.object({ kind: z.literal('denied') }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('timed-out') }),
  z.object({ kind: z.literal('failed'), fault: z.string(), what: z.string(), next: z.string() }),
]);

export const signOutResultSchema = z.object({
  account: z.string(),
  /** What the service has said: see `ServiceAnswer` of the broker. */
  service: z.enum(['cancelled', 'waiting', 'refused', 'no-way', 'may-live', 'nothing']),
  proof: z.enum(['refused', 'still-accepted', 'not-checked']),
  accessUntilMs: z.number().optional(),
  /** How the account was signed in: what an access is that the service did not cancel, and who can end it, hangs on it. */
  wayIn: wayInSchema.optional(),
});

export const statusSchema = z.object({
  version: z.string(),
  pid: z.number(),
  dataDir: z.string(),
  socketPath: z.string(),
  httpUrl: z.string(),
  /** The port that was wanted, where another had to be taken. */
  wantedPort: z.number().optional(),
  keychain: z.string(),
  practiceUrl: z.string().optional(),
  /** What an MCP client starts, word by word; the client's name and the connection follow. */
  relayCommand: z.array(z.string()).optional(),
  startedAtMs: z.number(),
  nowMs: z.number(),
});

export const controlTable = {
  status: { argument: z.object({}), result: statusSchema },
  snapshot: { argument: z.object({}), result: snapshotSchema },
  unlock: { argument: z.object({}), result: z.object({}) },
  /** Every service that is known by name, and the two kinds that are added by hand. */
  services: { argument: z.object({}), result: z.object({ services: z.array(serviceViewSchema) }) },
  addConnection: {
    argument: z.object({
      /** More than an address may have, so that one that is too long is told so. */
      target: z.string().min(1).max(16_384),
      service: z.string().max(64).optional(),
      name: z.string().max(64).optional(),
      redirectUri: z.string().max(512).optional(),
      /** A client that was registered by hand at the service: kept in the vault, used at the next sign-in. */
      clientId: z.string().max(2048).optional(),
      clientSecret: z.string().max(8192).optional(),
      /** Asked for at every sign-in, besides what the service itself suggests. */
      scopes: z.array(z.string().max(512)).max(100).optional(),
      /** The way in to suggest; the service's own first one unless given. */
      wayIn: wayInSchema.optional(),
      /** The authorization server by hand: its issuer, or its endpoints where it publishes nothing. */
      issuer: z.string().max(2048).optional(),
      tokenEndpoint: z.string().max(2048).optional(),
      authorizationEndpoint: z.string().max(2048).optional(),
      revocationEndpoint: z.string().max(2048).optional(),
    }),
    result: z.object({ connection: connectionViewSchema, added: z.boolean() }),
  },
  findConnection: {
    argument: z.object({ connection: optionalReference }),
    result: connectionViewSchema,
  },
  startSignIn: {
    argument: z.object({
      connection: optionalReference,
      /** The account that has to sign in again, by id; without it the one in use. */
      account: optionalReference,
      another: z.boolean().optional(),
      /** That of the account, else the connection's, unless given. */
      wayIn: wayInSchema.optional(),
      /** What the person typed, for the ways in that need it. */
      given: givenSchema.optional(),
      scopes: z.array(z.string().max(512)).max(100).optional(),
      openBrowser: z.boolean(),
    }),
    result: z.object({
      attempt: z.string(),
      authorizationUrl: z.string().optional(),
      /** A code to be typed at the service's page. */
      device: deviceCodeSchema.optional(),
      host: z.string(),
      permissions: z.array(z.string()),
      /** False when the browser could not be opened: then the address has to be opened by hand. */
      browserOpened: z.boolean(),
    }),
  },
  signInOutcome: { argument: z.object({ attempt: z.string() }), result: signInOutcomeSchema },
  /** The address at which the browser ended, pasted where it cannot come back to this computer. Throws `input-invalid`. */
  finishSignIn: {
    argument: z.object({ attempt: z.string(), redirectUrl: z.string().max(16_384) }),
    result: z.object({}),
  },
  /** The attempt; or the connection's id while its sign-in is still being prepared and has no attempt to show. */
  cancelSignIn: { argument: z.object({ attempt: z.string() }), result: z.object({}) },
  useAccount: {
    argument: z.object({
      connection: optionalReference,
      account: reference,
      client: z.string().min(1).max(100).optional(),
    }),
    result: connectionViewSchema,
  },
  /** Gives an account the name that the person wants to see. Throws `input-invalid`. */
  renameAccount: {
    argument: z.object({ connection: optionalReference, account: reference, label: z.string().max(200) }),
    result: connectionViewSchema,
  },
  /** Asks the service whether an account's access is still good. */
  validate: {
    argument: z.object({ connection: optionalReference, account: optionalReference }),
    result: z.object({
      account: z.string(),
      active: z.enum(['yes', 'no', 'unknown']),
      /** By introspection (RFC 7662), else by a call to the service. */
      checkedBy: z.enum(['introspection', 'call']),
      /** Of the token's own signature, by the server's published keys. */
      signature: z.enum(['valid', 'invalid', 'not-checked']),
      scopes: z.array(z.string()),
      expiresAtMs: z.number().optional(),
    }),
  },
  /** Our registration at a connection's authorization server (RFC 7592), read there where it can be. */
  registration: {
    argument: z.object({ connection: optionalReference, action: z.enum(['read', 'update', 'delete']) }),
    result: z.object({
      clientId: z.string(),
      source: z.enum(['preset', 'given', 'dynamic']),
      issuer: z.string(),
      redirectUris: z.array(z.string()),
      /** The server lets it be read, changed and deleted. */
      managed: z.boolean(),
      /** Names of other connections whose accounts signed in with it: deleting it ends those sign-ins too. */
      alsoUsedBy: z.array(z.string()),
      outcome: z.enum(['read', 'updated', 'deleted', 'gone', 'not-managed']),
    }),
  },
  /** The person's answer to what a program wants to do. Throws `input-invalid` where it is no longer asked. */
  answerQuestion: { argument: z.object({ question: z.string(), allow: z.boolean() }), result: z.object({}) },
  signOut: {
    argument: z.object({ connection: optionalReference, account: optionalReference }),
    result: signOutResultSchema,
  },
  /** Every account of every connection. Each result says which of the two has happened for it. */
  signOutAll: {
    argument: z.object({}),
    result: z.object({ signedOut: z.array(signOutResultSchema.extend({ connection: z.string() })) }),
  },
  /** Takes access from programs and keeps the sign-in, or gives it back. Without a connection: all of them. */
  setPaused: {
    argument: z.object({ connection: optionalReference, paused: z.boolean() }),
    result: z.object({ changed: z.number() }),
  },
  /**
   * The person's answer about a program at one connection; it holds until the next one. Leave is for the door that is
   * named, else for those where it asks; a refusal is for both.
   */
  decideProgram: {
    argument: z.object({
      connection: reference,
      program: programName,
      allow: z.boolean(),
      door: z.enum(['stdio', 'http']).optional(),
    }),
    result: connectionViewSchema,
  },
  /** Takes a program's access everywhere, and ends its local key. */
  removeProgram: {
    argument: z.object({ program: z.string().min(1).max(100), connection: optionalReference }),
    result: z.object({ connections: z.number(), keyRemoved: z.boolean() }),
  },
  /** Tries an unreachable service at once. */
  retry: { argument: z.object({ connection: reference }), result: connectionViewSchema },
  /** What a connection's current account offers to programs. */
  tools: {
    argument: z.object({ connection: optionalReference }),
    result: z.object({
      tools: z.array(
        z.object({ name: z.string(), title: z.string().optional(), readOnly: z.boolean(), destructive: z.boolean() }),
      ),
    }),
  },
  /** Brings the window up: on the screen, or as an address with a key for one opening. */
  openWindow: {
    argument: z.object({ openBrowser: z.boolean().default(true) }),
    result: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('shown') }),
      z.object({ kind: z.literal('address'), url: z.string(), browserOpened: z.boolean() }),
    ]),
  },
  removeConnection: {
    argument: z.object({ connection: reference }),
    result: z.object({ name: z.string(), signedOut: z.array(signOutResultSchema) }),
  },
  localClientKey: {
    /** `container`: a key for a program in a container, at the address that it has there. Throws `containers-off`. */
    argument: z.object({
      name: z.string().max(64),
      connection: optionalReference,
      container: z.boolean().optional(),
    }),
    /** `name`: under which the program is listed. */
    result: z.object({ name: z.string(), url: z.string(), key: z.string() }),
  },
  removeLocalClient: { argument: z.object({ name: z.string().max(100) }), result: z.object({ removed: z.boolean() }) },
  /** Conexor's, unless another practice service is named; `resource` is what to connect to. */
  startPractice: {
    argument: z.object({ service: z.string().max(64).optional() }),
    result: z.object({ resource: z.string() }),
  },
  ...importMethods,
  ...clientMethods,
  ...takeOverMethods,
  ...containerMethods,
  /** What only the broker can see of its own health. */
  examine: {
    argument: z.object({}),
    result: z.object({
      keychain: z.object({
        status: z.enum(['ok', 'locked', 'no-store', 'key-file', 'failed']),
        label: z.string(),
        reason: z.string().optional(),
      }),
      services: z.array(
        z.object({
          host: z.string(),
          reachable: z.boolean(),
          fault: z.string().optional(),
          clockAheadMs: z.number().optional(),
        }),
      ),
    }),
  },
  stop: { argument: z.object({}), result: z.object({}) },
} as const;

export type ControlMethod = keyof typeof controlTable;
export type ControlArgument<M extends ControlMethod> = z.input<(typeof controlTable)[M]['argument']>;
export type ControlResult<M extends ControlMethod> = z.output<(typeof controlTable)[M]['result']>;
