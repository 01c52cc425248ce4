/** Tools that make a bridge work: a large result, progress and log notifications, and a question back to the person. */
import { setTimeout as wait } from 'node:timers/promises';
import { acceptedContent, inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { SalesServerParts } from './sales-context.ts';

const row = 'AC-0001;2025-01-01;Norte Foods;North;Anvil;3;1260.00\n';

const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });

export function registerExerciseTools(server: McpServer, { stopped }: SalesServerParts): void {
  server.registerTool(
    'big_report',
    {
      title: 'Big report',
      description: 'A text of exactly so many KiB',
      inputSchema: z.object({
        sizeKiB: z
          .int('The size is a whole number of KiB.')
          .min(1, 'The size is 1 KiB or more.')
          .max(65_536, 'The size is at most 65,536 KiB.')
          .default(1_024),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ sizeKiB }) => text(row.repeat(Math.ceil((sizeKiB * 1_024) / row.length)).slice(0, sizeKiB * 1_024)),
  );

  server.registerTool(
    'slow_report',
    {
      title: 'Slow report',
      description: 'Takes steps × delayMs, tells its progress at each step and writes one log line',
      inputSchema: z.object({
        steps: z
          .int('The number of steps is whole.')
          .min(1, 'At least one step.')
          .max(10_000, 'At most 10,000 steps.')
          .default(5),
        delayMs: z
          .int('The delay is a whole number of milliseconds.')
          .min(0, 'The delay cannot be negative.')
          .max(60_000, 'At most 60,000 ms a step.')
          .default(200),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ steps, delayMs }, context) => {
      const { _meta, log, notify, signal } = context.mcpReq;
      const ended = AbortSignal.any([signal, stopped]);
      await log('info', `A report of ${steps} steps begins.`, 'practice');
      for (let step = 1; step <= steps; step += 1) {
        if (delayMs > 0) await wait(delayMs, undefined, { signal: ended });
        ended.throwIfAborted();
        if (_meta?.progressToken === undefined) continue;
        const progress = { progressToken: _meta.progressToken, progress: step, total: steps, message: `Step ${step}` };
        await notify({ method: 'notifications/progress', params: progress });
      }
      return text(`The report is ready after ${steps} steps.`);
    },
  );

  const approval = z.object({ approve: z.boolean(), note: z.string().optional() });
  server.registerTool(
    'approve_discount',
    {
      title: 'Approve a discount',
      description: 'Asks the person to approve a discount and tells what the answer was',
      inputSchema: z.object({
        customer: z.string().min(1, 'Name the customer.'),
        percent: z.number().min(1, 'The discount is 1 % or more.').max(90, 'The discount is at most 90 %.'),
      }),
      // Whoever approves something changes something, even where nothing is kept of it.
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    ({ customer, percent }, context) => {
      // Older revisions: the SDK turns this into an elicitation/create request and enters here again with the answer.
      const { inputResponses } = context.mcpReq;
      const response = inputResponse(inputResponses, 'approval');
      if (response.kind !== 'elicit') {
        const message = `Give ${customer} a discount of ${percent} %?`;
        const approvalRequest = inputRequired.elicit({ message, requestedSchema: approval });
        return inputRequired({ inputRequests: { approval: approvalRequest } });
      }
      const content = acceptedContent(inputResponses, 'approval', approval);
      if (content === undefined) return text(`No discount: the person chose to ${response.action}.`);
      const note = content.note === undefined ? '' : ` (${content.note})`;
      return text(`${content.approve ? 'Discount approved' : 'Discount refused'} by the person${note}.`);
    },
  );
}
