/** What happened lately: when, which program, what it did, how it ended. Never what was asked or answered. */
import { z } from 'zod';

export const activitySchema = z.object({
  id: z.number(),
  atMs: z.number(),
  connectionId: z.string(),
  /** The connection's title at that time: it may have been removed since. */
  connection: z.string(),
  /** The account's label, where one was used. */
  account: z.string().optional(),
  /** The program; absent for what the person did in Conexor itself. */
  program: z.string().optional(),
  what: z.enum([
    'tool',
    'sign-in',
    'sign-out',
    'removed',
    'switched',
    'paused',
    'resumed',
    'program-asked',
    'program-allowed',
    'program-refused',
  ]),
  /** The tool's name, where `what` is `tool`. */
  tool: z.string().optional(),
  /** `done`, `cancelled` (a program took its call back), or the code of the fault it ended in. */
  outcome: z.string(),
  tookMs: z.number().optional(),
});

export type Activity = z.infer<typeof activitySchema>;
