/**
 * A connection that is a web API, as a server of tools: one that reads, one that sends and changes, and, while nobody is
 * signed in, `sign_in`. Requests go the way of all others to web APIs (`rest-requests.ts`). A program that was refused
 * finds the same tools, which tell it so and name nothing.
 */
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { faultSentence } from '../../../../shared/fault-words.ts';
import { Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { isRefused, type OwnConversation, type OwnProgram } from '../own-servers/own-server.ts';
import type { RestRequests } from '../rest-requests.ts';
import { signInWayOf } from '../sign-in-way.ts';
import { signInTool, whatItDoes } from '../stand-in.ts';
import { SwitchNotice } from '../switch-notice.ts';
import { apiOutput } from './api-answer.ts';
import { ApiCalls } from './api-calls.ts';
import { readInput, writeInput } from './request-input.ts';
import { readTitle, readTool, writeTitle, writeTool } from './tool-names.ts';

export interface WebApiNeeds {
  readonly context: BridgeContext;
  readonly requests: RestRequests;
  readonly program: OwnProgram;
  /** Of the connection. */
  readonly id: string;
  /** How long a call takes at most. */
  readonly waitMs: number;
}

export function webApiConversation(needs: WebApiNeeds): OwnConversation {
  const { broker } = needs.context;
  const notice = new SwitchNotice({ onlyReads: async (_, tool) => tool !== writeTool });
  notice.met(broker.boundAccountId(needs.id, needs.program.client));
  const calls = new ApiCalls({ ...needs, notice });
  return {
    server(isLet) {
      const words = wordsFor(needs, broker.findConnection(needs.id));
      const server = new McpServer(
        { name: 'conexor', title: words.title, version: needs.context.version },
        { capabilities: { tools: {} }, instructions: words.instructions },
      );
      const read = server.registerTool(
        readTool,
        {
          ...words.read,
          inputSchema: readInput,
          outputSchema: apiOutput,
          annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
        },
        (input, { mcpReq }) => calls.call(readTool, { ...input, method: input.method ?? 'GET' }, isLet, mcpReq.signal),
      );
      const write = server.registerTool(
        writeTool,
        {
          ...words.write,
          inputSchema: writeInput,
          outputSchema: apiOutput,
          annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
        },
        (input, { mcpReq }): Promise<CallToolResult> => calls.call(writeTool, input, isLet, mcpReq.signal),
      );
      const signIn = server.registerTool(
        signInTool,
        {
          ...words.signIn,
          inputSchema: z.object({}),
          annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
        },
        () => calls.signIn(),
      );
      let shown = words.isRefused;
      const changed = () => {
        const view = viewOf(needs);
        const latest = view && wordsFor(needs, view);
        if (latest && latest.isRefused !== shown) {
          read.update(latest.read);
          write.update(latest.write);
          signIn.update(latest.signIn);
          shown = latest.isRefused;
        }
        const wanted = view !== undefined && wantsSignIn(needs, view);
        if (wanted !== signIn.enabled) signIn.update({ enabled: wanted });
      };
      changed();
      return { server, changed };
    },
  };
}

interface ToolWords {
  readonly title: string;
  readonly description: string;
}

interface ServerWords {
  readonly isRefused: boolean;
  readonly title: string;
  readonly instructions: string;
  readonly read: ToolWords;
  readonly write: ToolWords;
  readonly signIn: ToolWords;
}

function wordsFor({ context, program }: WebApiNeeds, view: ConnectionView): ServerWords {
  if (isRefused(view, program)) return wordsForRefused(program);
  const { title, resource, name, host } = view;
  return {
    isRefused: false,
    title: `Conexor: ${title}`,
    instructions: `${title} is a web API at ${resource}, reached through Conexor with the person’s own access, which is added there and never shown. ${readTool} reads, ${writeTool} sends and changes; paths are those of the API’s own documentation. Programs without these tools reach it at ${context.localOrigin()}/api/${name}.`,
    read: {
      title: readTitle(title),
      description: `Reads from ${title}, the web API at ${resource}, by GET or HEAD. The person’s access is added; redirects are told, not followed.`,
    },
    write: {
      title: writeTitle(title),
      description: `Sends to ${title}, the web API at ${resource}, by POST, PUT, PATCH or DELETE; this may change or delete things there. The person’s access is added; redirects are told, not followed.`,
    },
    signIn: {
      title: `Sign in to ${title}`,
      description: `The person is not signed in to ${title} (${host}). ${whatItDoes[signInWayOf(view)]} Afterwards the other tools work.`,
    },
  };
}

function wordsForRefused({ client }: OwnProgram): ServerWords {
  const description = faultSentence(new Fault('program-refused', { subject: client }));
  const unnamed = 'a web API';
  return {
    isRefused: true,
    title: 'Conexor',
    instructions: description,
    read: { title: readTitle(unnamed), description },
    write: { title: writeTitle(unnamed), description },
    signIn: { title: 'Sign in', description },
  };
}

function viewOf({ context: { broker }, id }: WebApiNeeds): ConnectionView | undefined {
  return broker.snapshot().connections.find((one) => one.id === id);
}

/** Whether this program's next call finds nobody signed in. */
function wantsSignIn({ context: { broker }, id, program }: WebApiNeeds, view: ConnectionView): boolean {
  if (view.access !== 'sign-in' || isRefused(view, program)) return false;
  const bound = broker.boundAccountId(id, program.client);
  const state = view.accounts.find((one) => one.id === bound)?.state;
  return bound === undefined || state === 'sign-in-again' || state === 'removed-by-service';
}
