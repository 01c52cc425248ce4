/**
 * The first line on the broker's socket: which door the program wants. After it, the door's own protocol
 * (newline-delimited JSON-RPC for `mcp`). The relay imports the type only, so that it stays without dependencies.
 */
import { z } from 'zod';

const pid = z.number().int().nonnegative().max(0xffff_ffff);

/** `platform` as Node calls it: ids of a process mean nothing to a system that they are not from (WSL). */
export const helloProcessSchema = z.object({ pid, parentPid: pid.optional(), platform: z.string().max(32) });

export const helloSchema = z.discriminatedUnion('door', [
  z.object({
    conexor: z.literal(1),
    door: z.literal('mcp'),
    /** The program's name for itself, as people see it in the list of apps; only its first 100 characters count. */
    client: z.string().min(1).max(1000),
    /**
     * The person's own tool (the command line), about which nobody is asked. No secret: whoever can open the socket
     * could as well answer for the person at the control door. The relay never says it.
     */
    own: z.literal(true).optional(),
    /** Id, name or address of a connection; absent where there is only one. */
    connection: z.string().min(1).max(2048).optional(),
    /**
     * The relay's own process and who it was started by, as the relay says it: a place to look at, no proof. Absent from
     * older relays; what cannot be understood counts as absent.
     */
    process: helloProcessSchema.optional().catch(undefined),
  }),
  z.object({ conexor: z.literal(1), door: z.literal('control') }),
]);

export type HelloProcess = z.infer<typeof helloProcessSchema>;
export type Hello = z.infer<typeof helloSchema>;
export type McpHello = Extract<Hello, { door: 'mcp' }>;
