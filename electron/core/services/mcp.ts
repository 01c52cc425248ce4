/**
 * Any other MCP server: nothing is known in advance, its own metadata says everything.
 */
import type { Service } from './service.ts';

export const mcp: Service = {
  id: 'mcp',
  title: 'MCP server',
  speaks: 'mcp',
  waysIn: [
    { way: 'authorization-code' },
    { way: 'device-code' },
    { way: 'client-credentials', authMethod: 'client_secret_basic', takesPrivateKey: true },
    { way: 'access-token' },
    { way: 'api-key' },
  ],
  generic: true,
  asksServer: 'may',
  owns: () => true,
  scopeSeparator: ' ',
  sendsResource: true,
};
