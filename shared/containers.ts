/**
 * Programs in containers on this computer, which reach it by a name of its own: whether they may, and where. Off until a
 * person chooses it; keys made for containers hold only there, and only while it is on.
 */
import { z } from 'zod';
import { controlFaultSchema } from './control-fault.ts';

export const containersViewSchema = z.object({
  on: z.boolean(),
  /** Where a container reaches Conexor, such as `http://host.docker.internal:4747`. */
  url: z.string(),
  /**
   * Networks of containers on this computer where it listens (Linux; elsewhere Docker brings containers to 127.0.0.1).
   * With a fault: it could not.
   */
  networks: z.array(z.object({ name: z.string(), address: z.string(), fault: controlFaultSchema.optional() })),
});
export type ContainersView = z.infer<typeof containersViewSchema>;

/** The methods of `control.ts`. */
export const containerMethods = {
  containers: { argument: z.object({}), result: containersViewSchema },
  /** Off ends what containers have open within a second; their keys stay for the next time. Throws `data-folder-unusable`. */
  setContainers: { argument: z.object({ on: z.boolean() }), result: containersViewSchema },
} as const;
