/**
 * What our own faces (command line, window) may ask of the broker: one table, method to argument and result, from
 * which both ends derive. On the control socket it travels as JSON-RPC 2.0, one message a line; later over IPC and HTTP.
 * A key of a local client is the only secret that crosses, to be shown once to the person who asked for it.
 */
import { z } from 'zod';
import { connectionViewSchema, snapshotSchema } from './snapshot.ts';

const reference = z.string().min(1).max(2048);
const optionalReference = reference.optional();

export const signInOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    account: z.string(),
    accountId: z.string(),
    known: z.boolean(),
    current: z.boolean(),
    connection: connectionViewSchema,
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
  service: z.enum(['cancelled', 'waiting', 'refused', 'no-way', 'nothing']),
  proof: z.enum(['refused', 'still-accepted', 'not-checked']),
  accessUntilMs: z.number().optional(),
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
  startedAtMs: z.number(),
  nowMs: z.number(),
});

export const controlTable = {
  status: { argument: z.object({}), result: statusSchema },
  snapshot: { argument: z.object({}), result: snapshotSchema },
  unlock: { argument: z.object({}), result: z.object({}) },
  addConnection: {
    argument: z.object({
      target: reference,
      service: z.string().max(64).optional(),
      name: z.string().max(64).optional(),
      redirectUri: z.string().max(512).optional(),
      /** A client that was registered by hand at the service: kept in the vault, used at the next sign-in. */
      clientId: z.string().max(2048).optional(),
      clientSecret: z.string().max(8192).optional(),
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
      another: z.boolean().optional(),
      scopes: z.array(z.string().max(512)).max(100).optional(),
      openBrowser: z.boolean(),
    }),
    result: z.object({
      attempt: z.string(),
      authorizationUrl: z.string().optional(),
      host: z.string(),
      permissions: z.array(z.string()),
      /** False when the browser could not be opened: then the address has to be opened by hand. */
      browserOpened: z.boolean(),
    }),
  },
  signInOutcome: { argument: z.object({ attempt: z.string() }), result: signInOutcomeSchema },
  cancelSignIn: { argument: z.object({ attempt: z.string() }), result: z.object({}) },
  useAccount: {
    argument: z.object({ connection: optionalReference, account: reference, client: z.string().max(64).optional() }),
    result: connectionViewSchema,
  },
  signOut: {
    argument: z.object({ connection: optionalReference, account: optionalReference }),
    result: signOutResultSchema,
  },
  removeConnection: {
    argument: z.object({ connection: reference }),
    result: z.object({ name: z.string(), signedOut: z.array(signOutResultSchema) }),
  },
  localClientKey: {
    argument: z.object({ name: z.string().max(64), connection: optionalReference }),
    result: z.object({ url: z.string(), key: z.string() }),
  },
  removeLocalClient: { argument: z.object({ name: z.string().max(64) }), result: z.object({ removed: z.boolean() }) },
  startPractice: { argument: z.object({}), result: z.object({ resource: z.string() }) },
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

/** How a fault travels: the code for programs, two plain sentences for people. */
export const controlFaultSchema = z.object({ fault: z.string(), what: z.string(), next: z.string() });
export type ControlFault = z.infer<typeof controlFaultSchema>;
