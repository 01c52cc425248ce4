/**
 * The broker's state without secrets: one immutable value that the window, the tray, the command line and the bridge
 * all read. Times are absolute milliseconds.
 */
import { z } from 'zod';
import { deviceCodeSchema, wayInOfferSchema, wayInSchema } from './ways-in.ts';

/** What a connection or account can be, each with exactly one main action (PRODUCT: the closed state set). */
export const stateSchema = z.enum([
  'connected',
  'signing-in',
  'sign-in-again',
  'permission-needed',
  'paused',
  'unreachable',
  'plan-limit',
  'removed-by-service',
  'keychain-locked',
]);

export const accountViewSchema = z.object({
  id: z.string(),
  label: z.string(),
  wayIn: wayInSchema,
  email: z.string().optional(),
  organisation: z.string().optional(),
  current: z.boolean(),
  state: stateSchema,
  requestedScopes: z.array(z.string()),
  grantedScopes: z.array(z.string()),
  /** What a program needed and this sign-in does not include, where the state is `permission-needed`. */
  neededScopes: z.array(z.string()),
  addedAtMs: z.number(),
  /** When the access token ends; a person needs it only where `renewsItself` is false. */
  expiresAtMs: z.number().optional(),
  lastRefreshAtMs: z.number().optional(),
  renewsItself: z.boolean(),
  /** From then on the person is reminded to have a new token issued. */
  remindAtMs: z.number().optional(),
  /** The access can be used by this computer alone (RFC 9449). */
  bound: z.boolean(),
});

/**
 * A program on this computer and its leave to use one connection. `name` tells it apart from all others: where a program
 * comes under a name that one from another place has, it is `<name>#2` and has leave of its own.
 */
export const clientUseSchema = z.object({
  name: z.string(),
  /** The name it says of itself, where `name` is not that: it comes from another place than the one that had it first. */
  title: z.string().optional(),
  /** Where the program lies that started the relay; absent where the system does not tell. */
  path: z.string().optional(),
  /** Who signed it; absent where the system does not tell (yet), empty where it says that nobody has. */
  signer: z.string().optional(),
  /** Where the one lies that came under this title before, while this one is asked about. */
  otherPath: z.string().optional(),
  door: z.enum(['stdio', 'http']),
  /** `asking`: it waits for the person's first answer. `refused`: not allowed, or access was removed. */
  access: z.enum(['allowed', 'asking', 'refused']),
  firstSeenAtMs: z.number(),
  /** Of the last tool that it used; absent where it has used none. */
  lastUsedAtMs: z.number().optional(),
  /** The account this program is bound to, where it is not the connection's current one. */
  accountId: z.string().optional(),
});

/** A sign-in that waits for the person, whoever started it. */
export const waitingSignInSchema = z.object({
  attempt: z.string(),
  startedAtMs: z.number(),
  /** When it stops by itself. */
  endsAtMs: z.number(),
  /** Whose page asks, as people see it in the browser's address line. */
  host: z.string(),
  requestedScopes: z.array(z.string()),
  /** Another account than those already here was wanted. */
  another: z.boolean(),
  /** The browser was asked to open, or the person took the address; before that they are told what will happen. */
  browserOpened: z.boolean(),
  /** A code to be typed at the service's page. */
  device: deviceCodeSchema.optional(),
});

export const connectionViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  service: z.string(),
  title: z.string(),
  resource: z.string(),
  host: z.string(),
  /** `none`: the service wants no sign-in. */
  access: z.enum(['sign-in', 'none']),
  /** `rest`: a web API, reached by a local address that adds the access. */
  speaks: z.enum(['mcp', 'rest']),
  /** The way in that is suggested for the next sign-in. */
  wayIn: wayInSchema,
  waysIn: z.array(wayInOfferSchema),
  state: stateSchema,
  /** Programs have no access until it is taken up again; the sign-in is kept. */
  paused: z.boolean(),
  retryAtMs: z.number().optional(),
  signIn: waitingSignInSchema.optional(),
  accounts: z.array(accountViewSchema),
  clients: z.array(clientUseSchema),
});

export const pendingRevocationSchema = z.object({
  id: z.string(),
  subject: z.string(),
  host: z.string(),
  requestedAtMs: z.number(),
  attempts: z.number(),
  nextAttemptAtMs: z.number(),
});

/** What a program may not do by itself, and waits for the person's answer. */
export const questionSchema = z.object({
  id: z.string(),
  program: z.string(),
  connectionId: z.string(),
  what: z.enum(['sign-in', 'revoke', 'register-client', 'update-client']),
  /** Whose access, where it is about one account. */
  account: z.string().optional(),
  /** Of a sign-in: with another account than those already there. */
  another: z.boolean().optional(),
  /** Of a sign-in: where its page is seen. In the browser, unless the program is to get its address or a code. */
  by: z.enum(['browser', 'address', 'code']).optional(),
  /** Of a sign-in: what is asked for besides the usual, as the service spells it. */
  scopes: z.array(z.string()).optional(),
  askedAtMs: z.number(),
  /** After that it counts as no. */
  endsAtMs: z.number(),
});

export const vaultViewSchema = z.object({
  kind: z.enum(['keychain', 'key-file', 'memory', 'locked']),
  /** Why, where it is not the ordinary case; or where an unreadable file was set aside. */
  note: z.string().optional(),
});

export const snapshotSchema = z.object({
  /** Grows with every change. */
  generation: z.number(),
  vault: vaultViewSchema,
  connections: z.array(connectionViewSchema),
  pendingRevocations: z.array(pendingRevocationSchema),
  questions: z.array(questionSchema),
  /** `from`: the key holds for a program in a container only. */
  localClients: z.array(
    z.object({ name: z.string(), createdAtMs: z.number(), from: z.literal('container').optional() }),
  ),
});

export type State = z.infer<typeof stateSchema>;
export type AccountView = z.infer<typeof accountViewSchema>;
export type ConnectionView = z.infer<typeof connectionViewSchema>;
export type WaitingSignIn = z.infer<typeof waitingSignInSchema>;
export type ClientUse = z.infer<typeof clientUseSchema>;
export type Question = z.infer<typeof questionSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;
