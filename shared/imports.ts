/**
 * Services taken over from what a dashboard or another program wrote down: what was found (never a secret), what is to
 * be taken, and what became of it and of the file that it came from.
 */
import { z } from 'zod';
import { controlFaultSchema } from './control-fault.ts';
import { connectionViewSchema } from './snapshot.ts';
import { wayInSchema } from './ways-in.ts';

/** The most that is pasted or read for this, in characters: of a settings file, the part that holds the servers. */
export const longestPasted = 256 * 1024;

/** One server of a block, without any secret that was in it. */
export const foundServerSchema = z.object({
  name: z.string(),
  target: z.string(),
  host: z.string(),
  title: z.string(),
  hasClientId: z.boolean(),
  /** It holds a secret, which would be kept in the sealed file. */
  hasSecret: z.boolean(),
  /** The connection whose accounts and client are others: that client is replaced by this one. */
  replaces: z.string().optional(),
  /** Keys that mean nothing to Conexor and are left out. */
  unknownKeys: z.array(z.string()),
  /** It starts a program on this computer, and is no service to sign in to. */
  local: z.boolean().optional(),
  /** Why this one cannot be connected. */
  fault: controlFaultSchema.optional(),
});
export type FoundServer = z.infer<typeof foundServerSchema>;

/** `claude-desktop`: one of the files in which that program really keeps its settings. */
const inClaude = z.object({ kind: z.literal('claude-desktop'), path: z.string().max(4096) });

export const importSourceSchema = z.discriminatedUnion('kind', [
  inClaude,
  z.object({ kind: z.literal('file'), path: z.string().max(4096) }),
  z.object({ kind: z.literal('text'), text: z.string().max(longestPasted) }),
]);
export type ImportSource = z.infer<typeof importSourceSchema>;

/** What of the taken servers leaves the file: their secrets, their whole entries, or nothing. */
export const cleaningSchema = z.enum(['nothing', 'secret', 'entry']);
export type Cleaning = z.infer<typeof cleaningSchema>;

export const foundImportSchema = z.object({
  /** The file; absent for a text. */
  path: z.string().optional(),
  servers: z.array(foundServerSchema),
  /** Copies of the file that an earlier import has left beside it; they may hold secrets. */
  backups: z.array(z.string()),
  /** Why nothing could be read there. */
  fault: controlFaultSchema.optional(),
  /** Why the file could not be changed, where its servers can be taken over all the same. */
  notCleanable: controlFaultSchema.optional(),
});
export type FoundImport = z.infer<typeof foundImportSchema>;

export const importResultSchema = z.object({
  servers: z.array(
    z.object({
      /** As it is called where it came from. */
      name: z.string(),
      connection: connectionViewSchema.optional(),
      added: z.boolean(),
      /** What is kept of it now, besides its address. */
      took: z.array(z.enum(['client-id', 'client-secret', 'scopes'])),
      /** Its secret stands in the file now, whatever was to be done about it. */
      secretLeft: z.boolean(),
      fault: controlFaultSchema.optional(),
    }),
  ),
  /** The file was changed, and this is what it was before. */
  cleaned: z
    .object({
      path: z.string(),
      /** Holds what was removed; absent where there was nothing to remove. */
      backup: z.string().optional(),
    })
    .optional(),
  /** Why the file was left as it was, although it was to be changed. */
  notCleaned: controlFaultSchema.optional(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

/** The most servers that are taken over at once; more are refused rather than left out. */
export const mostServers = 50;

const serverNames = z.array(z.string().max(256)).min(1).max(mostServers);

/** The methods of `control.ts`; the window may name no file of its own choice. */
export const importMethods = {
  /** What there is to take over: in the source that is named, else in Claude Desktop's own files. */
  findImports: {
    argument: z.object({ source: importSourceSchema.optional() }),
    result: z.object({ found: z.array(foundImportSchema) }),
  },
  /** Connects these servers; their secrets go to the sealed file, and only then out of the file they came from. */
  importServers: {
    argument: z.object({
      source: importSourceSchema,
      servers: serverNames,
      /** Whose rules hold, where an address alone does not tell. */
      service: z.string().max(64).optional(),
      /** The way in to suggest at the sign-in. */
      wayIn: wayInSchema.optional(),
      clean: cleaningSchema,
    }),
    result: importResultSchema,
  },
  /** Deletes the copies that imports have left beside this file, else beside Claude Desktop's. */
  removeBackups: {
    argument: z.object({ path: z.string().max(4096).optional() }),
    result: z.object({ removed: z.array(z.string()) }),
  },
} as const;

export const windowImportMethods = {
  findImports: { argument: z.object({}), result: importMethods.findImports.result },
  importServers: {
    argument: z.object({ source: inClaude, servers: serverNames, clean: cleaningSchema }),
    result: importResultSchema,
  },
  removeBackups: { argument: z.object({}), result: importMethods.removeBackups.result },
} as const;
