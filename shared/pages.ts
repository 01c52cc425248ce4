/** The pages of the window, and what may send a person there: tray, notification, link, another start. */
import { z } from 'zod';

export const pageSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('services') }),
  /** `dialog` asks its question over the page; nothing is done before the person answers. */
  z.object({
    name: z.literal('service'),
    connection: z.string().max(64),
    dialog: z.enum(['pause', 'sign-out', 'remove', 'sign-in', 'sign-in-another']).optional(),
  }),
  /** `target` is filled in, never sent off by itself. */
  z.object({ name: z.literal('add'), target: z.string().max(2048).optional() }),
  z.object({ name: z.literal('programs') }),
  z.object({ name: z.literal('activity') }),
  z.object({ name: z.literal('settings') }),
  z.object({ name: z.literal('help'), topic: z.string().max(64).optional() }),
  z.object({ name: z.literal('diagnostics') }),
]);

export type Page = z.infer<typeof pageSchema>;
