/**
 * A connection that is a web API, as a server of tools: one that reads, one that sends and changes, and, while nobody is
 * signed in, `sign_in`. Requests go the way of all others to web APIs (`rest-requests.ts`).
 */
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { OwnConversation, OwnProgram } from '../own-servers/own-server.ts';
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
}

export function webApiConversation(needs: WebApiNeeds): OwnConversation {
  const { broker } = needs.context;
  const notice = new SwitchNotice({ onlyReads: async (_, tool) => tool !== writeTool });
  notice.met(broker.boundAccountId(needs.id, needs.program.client));
  const calls = new ApiCalls({ ...needs, notice });
  return {
    server(isLet) {
      const view = broker.findConnection(needs.id);
      const server = createServer(needs, view, calls, isLet);
      const signIn = server.registerTool(signInTool, signInConfig(view), () => calls.signIn());
      const changed = () => {
        const wanted = wantsSignIn(needs);
        if (wanted !== signIn.enabled) signIn.update({ enabled: wanted });
      };
      changed();
      return { server, changed };
    },
  };
}

function createServer(
  { context }: WebApiNeeds,
  view: ConnectionView,
  calls: ApiCalls,
  isLet: () => boolean,
): McpServer {
  const { title, resource, name } = view;
  const server = new McpServer(
    { name: 'conexor', title: `Conexor: ${title}`, version: context.version },
    {
      capabilities: { tools: {} },
      instructions: `${title} is a web API at ${resource}, reached through Conexor with the person’s own access, which is added there and never shown. ${readTool} reads, ${writeTool} sends and changes; paths are those of the API’s own documentation. Programs without these tools reach it at ${context.localOrigin()}/api/${name}.`,
    },
  );
  server.registerTool(
    readTool,
    {
      title: readTitle(title),
      description: `Reads from ${title}, the web API at ${resource}, by GET or HEAD. The person’s access is added; redirects are told, not followed.`,
      inputSchema: readInput,
      outputSchema: apiOutput,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (input, { mcpReq }) => calls.call(readTool, { ...input, method: input.method ?? 'GET' }, isLet, mcpReq.signal),
  );
  server.registerTool(
    writeTool,
    {
      title: writeTitle(title),
      description: `Sends to ${title}, the web API at ${resource}, by POST, PUT, PATCH or DELETE; this may change or delete things there. The person’s access is added; redirects are told, not followed.`,
      inputSchema: writeInput,
      outputSchema: apiOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    (input, { mcpReq }): Promise<CallToolResult> => calls.call(writeTool, input, isLet, mcpReq.signal),
  );
  return server;
}

function signInConfig(view: ConnectionView) {
  return {
    title: `Sign in to ${view.title}`,
    description: `The person is not signed in to ${view.title} (${view.host}). ${whatItDoes[signInWayOf(view)]} Afterwards the other tools work.`,
    inputSchema: z.object({}),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  };
}

/** Whether this program's next call finds nobody signed in. */
function wantsSignIn({ context: { broker }, id, program: { client } }: WebApiNeeds): boolean {
  const view = broker.snapshot().connections.find((one) => one.id === id);
  if (view?.access !== 'sign-in') return false;
  const bound = broker.boundAccountId(id, client);
  const state = view.accounts.find((one) => one.id === bound)?.state;
  return bound === undefined || state === 'sign-in-again' || state === 'removed-by-service';
}
