/** How a fault travels between processes: the code for programs, two plain sentences for people. */
import { z } from 'zod';

export const controlFaultSchema = z.object({ fault: z.string(), what: z.string(), next: z.string() });
export type ControlFault = z.infer<typeof controlFaultSchema>;
