/**
 * Programs on this computer that have MCP servers, and Conexor's own entry in their settings: what stands where, what
 * would be changed, what was changed, and whether it is proven to work. No neighbour's text, which may hold secrets.
 */
import { z } from 'zod';
import { controlFaultSchema } from './control-fault.ts';

export const clientIds = [
  'claude-desktop',
  'claude-code',
  'cursor',
  'vs-code',
  'vs-code-insiders',
  'windsurf',
  'devin',
  'zed',
  'lm-studio',
  'codex',
  'gemini-cli',
  'cline',
  'n8n',
] as const;
export const clientIdSchema = z.enum(clientIds);
export type ClientId = (typeof clientIds)[number];

/**
 * How an entry gets to its program: written into its file; as a bundle that it installs; by a link that it opens and
 * asks about; by a command of its own; or copied by a person into its fields.
 */
export const clientWaySchema = z.enum(['file', 'bundle', 'link', 'command', 'copy']);
export type ClientWay = z.infer<typeof clientWaySchema>;

/** What a person does so that the program reads its settings again. */
export const reloadSchema = z.enum(['restart', 'new-session', 'start-server', 'by-itself']);

/**
 * `not-found`: the program is not on this computer. `not-added`: nothing of ours is in it. `added`: our entry stands,
 * and nothing has proven that the program uses it. `connected`: its own process has started the relay, from an entry
 * that still stands, and listed tools. `missing`: what we
 * wrote is not there any more. `unusable`: its file cannot be read or must not be changed.
 */
export const clientStateSchema = z.enum(['not-found', 'not-added', 'added', 'connected', 'missing', 'unusable']);
export type ClientState = z.infer<typeof clientStateSchema>;

/** One entry of ours; without a connection it serves all. */
export const ownEntrySchema = z.object({
  name: z.string(),
  connection: z.string().optional(),
  /** Somebody has changed what it starts: it is left as it is. */
  edited: z.boolean().optional(),
});

export const clientFileSchema = z.object({
  path: z.string(),
  exists: z.boolean(),
  entries: z.array(ownEntrySchema),
  /** Entries that we wrote and that are not there any more. */
  missing: z.array(ownEntrySchema),
  /** Another file of the same program, which is left alone because the program reads a different one. */
  leftAlone: z.boolean().optional(),
  /** Copies of it that Conexor has left beside it, the oldest first. */
  backups: z.array(z.string()),
  /** What we did last can be taken back byte by byte; `entry`: only the entry, because others have written since. */
  undo: z.enum(['bytes', 'entry']).optional(),
  fault: controlFaultSchema.optional(),
});
export type ClientFile = z.infer<typeof clientFileSchema>;

/** Why it is not `connected`, and what is to be done next: one cause. */
export const verdictSchema = z.enum([
  'connected',
  'not-added',
  /** The program runs, and has read its settings before the entry was there. */
  'restart',
  /** It does not run, or its server has not been started yet. */
  'start',
  'entry-missing',
  'file-unusable',
  /** What the entry starts is not there any more. */
  'relay-gone',
  /** The relay was started by something else than the program. */
  'started-by-other',
  /** The relay has come and has not listed tools. */
  'no-tools',
  /** The person's answer is wanted first, or was no. */
  'waiting-for-leave',
  'refused',
  'not-found',
]);
export type Verdict = z.infer<typeof verdictSchema>;

export const clientViewSchema = z.object({
  id: clientIdSchema,
  title: z.string(),
  state: clientStateSchema,
  verdict: verdictSchema,
  /** Its process is there now; absent where that cannot be told or does not matter. */
  running: z.boolean().optional(),
  /** It rewrites its settings while it runs: they are changed only while it is closed. */
  closeFirst: z.boolean(),
  reload: reloadSchema,
  /** The ways that there are on this computer, the suggested one first. */
  ways: z.array(clientWaySchema),
  files: z.array(clientFileSchema),
  /** When its own process started the relay last, and when that listed tools last. */
  startedAtMs: z.number().optional(),
  listedAtMs: z.number().optional(),
  /** What was wiped is put back without asking. */
  restores: z.boolean(),
});
export type ClientView = z.infer<typeof clientViewSchema>;

/** What the entry serves: everything, or each of these connections by an entry of its own. */
export const entryScopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('each'), connections: z.array(z.string().min(1).max(2048)).min(1).max(50) }),
]);
export type EntryScope = z.infer<typeof entryScopeSchema>;

/**
 * A line that goes or comes, with the line of the file at which it stands, from 1. Ours as it is written; of anybody
 * else's only names and brackets.
 */
export const changeLineSchema = z.object({
  kind: z.enum(['added', 'removed']),
  line: z.number().int(),
  text: z.string(),
  /** Somebody else's, with `…` in place of each value. */
  masked: z.boolean().optional(),
});
export type ChangeLine = z.infer<typeof changeLineSchema>;

export const plannedChangeSchema = z.object({
  path: z.string(),
  /** The file is made, changed, or deleted again because it was ours alone. */
  what: z.enum(['create', 'change', 'delete', 'nothing']),
  lines: z.array(changeLineSchema),
  /** A copy is made beside it first. */
  copy: z.boolean(),
  /** Names the file as it was looked at: whoever gives it back has seen what is changed. */
  seen: z.string(),
  fault: controlFaultSchema.optional(),
  /** Where the file cannot be changed: what would be added, to be put there by hand. No secret. */
  entry: z.string().optional(),
});
export type PlannedChange = z.infer<typeof plannedChangeSchema>;

export const clientActionSchema = z.enum(['add', 'remove', 'undo']);
export type ClientAction = z.infer<typeof clientActionSchema>;

/** `seen` of each planned change; a file that has changed since is left alone. Without it the file as it is counts. */
const seen = z.array(z.string().max(128)).max(20).optional();

export const changedFileSchema = z.object({ path: z.string(), backup: z.string().optional() });

const clientArgument = z.object({ client: clientIdSchema });
export const changedClientSchema = z.object({
  client: clientViewSchema,
  changed: z.array(changedFileSchema),
  /** Files that were left as they are, and why; the others are changed. */
  failed: z.array(z.object({ path: z.string(), fault: controlFaultSchema })),
});
export type ChangedClient = z.infer<typeof changedClientSchema>;

export const openedWaySchema = z.discriminatedUnion('way', [
  z.object({ way: z.literal('bundle'), path: z.string(), opened: z.boolean() }),
  z.object({ way: z.literal('link'), url: z.string(), opened: z.boolean() }),
  z.object({ way: z.literal('command'), words: z.array(z.string()), ran: z.boolean() }),
  z.object({ way: z.literal('copy'), url: z.string(), key: z.string() }),
]);
export type OpenedWay = z.infer<typeof openedWaySchema>;

/** The methods of `control.ts`. Each throws `client-unknown`, `client-running`, `file-not-writable`, `input-invalid`, …. */
export const clientMethods = {
  clients: { argument: z.object({}), result: z.object({ clients: z.array(clientViewSchema) }) },
  /** What would be changed, and nothing else. */
  planClient: {
    argument: clientArgument.extend({ action: clientActionSchema, scope: entryScopeSchema.optional() }),
    result: z.object({ changes: z.array(plannedChangeSchema), closeFirst: z.boolean() }),
  },
  addClient: {
    argument: clientArgument.extend({ scope: entryScopeSchema.optional(), seen }),
    result: changedClientSchema,
  },
  /** Takes out what we wrote and nothing else. */
  removeClient: { argument: clientArgument.extend({ seen }), result: changedClientSchema },
  removeAllClients: { argument: z.object({}), result: z.object({ clients: z.array(changedClientSchema) }) },
  /** The file as it was before our last change: byte by byte, or without our entry where others have written since. */
  undoClient: { argument: clientArgument.extend({ seen }), result: changedClientSchema },
  verifyClient: { argument: clientArgument, result: clientViewSchema },
  /** Whether what was wiped is put back without asking. */
  setClientRestores: { argument: clientArgument.extend({ on: z.boolean() }), result: clientViewSchema },
  /**
   * What another way than the file needs. `bundle`: the file that was built, and whether it was opened. `link`: the
   * address, and whether the program was asked. `command`: the words that were or are to be run. `copy`: address and
   * key, the only secret here, shown once to the person who asked.
   */
  openClient: {
    argument: clientArgument.extend({
      way: clientWaySchema.exclude(['file']),
      scope: entryScopeSchema.optional(),
      /** Only prepare it. */
      open: z.boolean().default(true),
    }),
    result: openedWaySchema,
  },
} as const;

/** One entry of another program that starts `mcp-remote`, or that the program skips, and that could be ours. */
export const remoteEntrySchema = z.object({
  client: clientIdSchema,
  path: z.string(),
  name: z.string(),
  /** `url`: an address that the program does not start (Claude Desktop); else it starts `mcp-remote`. */
  kind: z.enum(['mcp-remote', 'url']).optional(),
  /** Empty where the address is none that can be used, and may hold a secret. */
  target: z.string(),
  host: z.string(),
  /** Words of its command that mean nothing to Conexor and are left out; never their values. */
  unknownWords: z.array(z.string()),
  /** It carries a secret in its words or variables, which would be kept in the sealed file or is not needed any more. */
  hasSecret: z.boolean(),
  /**
   * Why a secret of it is not taken along, so that one has to sign in in Conexor: it stands in a variable or a file that
   * is not there (`not-there`), or the service has no such way in (`no-way`).
   */
  secretLeftOut: z.enum(['not-there', 'no-way']).optional(),
  /** Names what stands there, so that whoever gives it back has seen it. */
  seen: z.string().optional(),
  /** It is running now: it can be taken over once the program that has started it is closed. */
  running: z.boolean().optional(),
  fault: controlFaultSchema.optional(),
});
export type RemoteEntry = z.infer<typeof remoteEntrySchema>;

/** Tokens that `mcp-remote` keeps in plain files. */
export const remoteTokensSchema = z.object({
  /** Names one of them. */
  id: z.string(),
  files: z.array(z.string()),
  /** Whose they are, where an entry tells. */
  target: z.string().optional(),
  /** Who would be asked to cancel them; absent where nobody knows. */
  host: z.string().optional(),
  hasRefreshToken: z.boolean(),
  /** The file of it that cannot be read: what is in it nobody knows, and it is kept unless `deleteUnread`. */
  unread: z.string().optional(),
  /** A settings file that cannot be read, whose entries may still use it: it is kept until that is mended. */
  keptFor: z.string().optional(),
  /** The entries that sign in with them: they are cancelled only when all of these are taken over. */
  usedBy: z.array(z.object({ client: clientIdSchema, path: z.string(), name: z.string() })).optional(),
});
export type RemoteTokens = z.infer<typeof remoteTokensSchema>;

export const takenOverSchema = z.object({
  entries: z.array(
    z.object({
      client: clientIdSchema,
      path: z.string(),
      name: z.string(),
      outcome: z.enum(['replaced', 'failed']),
      /** It was taken out, because the entry for all that stands in its file serves what it did. */
      removed: z.boolean().optional(),
      connection: z.string().optional(),
      backup: z.string().optional(),
      /** One has to sign in in Conexor now. */
      signInNeeded: z.boolean().optional(),
      fault: controlFaultSchema.optional(),
    }),
  ),
  tokens: z.array(
    z.object({
      id: z.string(),
      /** What the service has said; `not-asked`: nobody knows whose they are, or there was nothing to cancel. */
      service: z.enum(['cancelled', 'unreachable', 'refused', 'no-way', 'not-asked']),
      deleted: z.boolean(),
      /** Their files hold no token: nothing was open at the service. */
      nothing: z.boolean().optional(),
      /** What a call with the cancelled access has shown. */
      proof: z.enum(['refused', 'still-accepted', 'not-checked']).optional(),
      /** Until when that access may live on, where it is known and not proven dead. */
      accessUntilMs: z.number().optional(),
      /** `mcp-remote` was known there as a client of its own, and is not any more. */
      registration: z.enum(['deleted', 'left']).optional(),
      fault: controlFaultSchema.optional(),
    }),
  ),
});
export type TakenOver = z.infer<typeof takenOverSchema>;

export const takeOverMethods = {
  findTakeOvers: {
    argument: z.object({}),
    result: z.object({
      entries: z.array(remoteEntrySchema),
      tokens: z.array(remoteTokensSchema),
      /** What would become of the files of all entries without a fault. */
      changes: z.array(plannedChangeSchema).optional(),
    }),
  },
  /** Connects their services, puts our entry in place of each, cancels its tokens at the service and deletes them. */
  takeOver: {
    argument: z.object({
      entries: z
        .array(
          z.object({
            client: clientIdSchema,
            path: z.string().max(4096),
            name: z.string().max(256),
            /** Only what was seen so. */
            seen: z.string().max(256).optional(),
          }),
        )
        .max(50),
      tokens: z.array(z.string().max(256)).max(200),
      /** Deletes tokens too where their service could not be reached, which ends the hope of cancelling them. */
      deleteUnreachable: z.boolean().default(false),
      /** Deletes tokens too that cannot be read, of which nobody can tell whether a service still accepts them. */
      deleteUnread: z.boolean().default(false),
    }),
    result: takenOverSchema,
  },
} as const;
