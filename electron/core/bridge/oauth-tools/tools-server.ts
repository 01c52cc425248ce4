/**
 * The product's own MCP server: five OAuth tools over the person's own connections, on the official SDK; one instance
 * per conversation (older revisions) or per request (2026-07-28).
 */
import { McpServer } from '@modelcontextprotocol/server';
import type { BridgeContext } from '../bridge-context.ts';
import { isRefused, type OwnConversation, type OwnProgram } from '../own-servers/own-server.ts';
import { authorize, authorizeInput, authorizeOutput } from './authorize-tool.ts';
import { Consents } from './consents.ts';
import { exchangeToken, exchangeTokenInput, exchangeTokenOutput } from './exchange-token-tool.ts';
import { OwnAttempts } from './own-attempts.ts';
import { registerClient, registerClientInput, registerClientOutput } from './register-client-tool.ts';
import { revokeToken, revokeTokenInput, revokeTokenOutput } from './revoke-token-tool.ts';
import type { ToolContext } from './tool-context.ts';
import { validateToken, validateTokenInput, validateTokenOutput } from './validate-token-tool.ts';

/** Conversations with this server. `waitMs`: how long a call waits for the person. */
export function oauthConversations(
  { broker, now, version }: BridgeContext,
  waitMs: number,
): (program: OwnProgram) => OwnConversation {
  const shared = { broker, now, version, waitMs, consents: new Consents(broker, now), attempts: new OwnAttempts() };
  return (program) => ({
    server: (isLet) => ({
      server: createToolsServer({ ...shared, ...program, isLet }),
      changed: () => undefined,
    }),
  });
}

function createToolsServer(context: ToolContext): McpServer {
  const server = new McpServer(
    { name: 'conexor-oauth', title: 'Conexor: sign-ins', version: context.version },
    { capabilities: { tools: {} }, instructions: instructions(context) },
  );
  const tools = { ...context, declared: () => server.server.getClientCapabilities() };

  server.registerTool(
    'oauth2_authorize',
    {
      title: 'Begin a sign-in',
      description:
        'Begins a sign-in at one of the person’s connections and gives its address (with PKCE) or device code, and a handle. The person is asked first.',
      inputSchema: authorizeInput,
      outputSchema: authorizeOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (input, request) => authorize(tools, input, request),
  );
  server.registerTool(
    'oauth2_exchange_token',
    {
      title: 'Finish a sign-in or renew access',
      description:
        'With an attempt: finishes that sign-in, which this program began, by the address (or code and state) at which the browser ended, or tells how it stands. Without one: renews an account’s access. Tokens stay in Conexor.',
      inputSchema: exchangeTokenInput,
      outputSchema: exchangeTokenOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (input, request) => exchangeToken(tools, input, request.mcpReq.signal),
  );
  server.registerTool(
    'oauth2_validate_token',
    {
      title: 'Check access',
      description: 'Asks the service whether an account’s access is still good, until when, and for what.',
      inputSchema: validateTokenInput,
      outputSchema: validateTokenOutput,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (input) => validateToken(tools, input),
  );
  server.registerTool(
    'oauth2_revoke_token',
    {
      title: 'Sign out and cancel access',
      description:
        'Signs an account out of a connection and cancels its access at the service, for every program on this computer. The person is asked first.',
      inputSchema: revokeTokenInput,
      outputSchema: revokeTokenOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    (input, request) => revokeToken(tools, input, request),
  );
  server.registerTool(
    'oauth2_register_client',
    {
      title: 'Look after the registration',
      description:
        'Reads Conexor’s registration at a connection’s authorization server; sends it anew or makes one after the person has said yes.',
      inputSchema: registerClientInput,
      outputSchema: registerClientOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (input, request) => registerClient(tools, input, request),
  );
  return server;
}

function instructions({ broker, ...program }: ToolContext): string {
  const { vault, connections: all } = broker.snapshot();
  const connections = all.filter((view) => !isRefused(view, program));
  const known =
    vault.kind === 'locked'
      ? 'The keychain of this computer is locked; the person has to unlock it first.'
      : connections.length === 0
        ? 'There is no connection for this program: the person adds one, or allows it, in Conexor.'
        : `Connections: ${connections.map(({ name, title }) => (name === title ? name : `${name} (${title})`)).join(', ')}.`;
  return `Sign-ins of the person at their own services, kept by Conexor on this computer. Connections, accounts and attempts are named by handles; tokens, codes and secrets are never shown. ${known}`;
}
