/**
 * Any other MCP server: nothing is known in advance, its own metadata says everything.
 */
import type { Service } from './service.ts';

export const mcp: Service = {
  id: 'mcp',
  title: 'MCP server',
  speaks: 'mcp',
  waysIn: [{ way: 'authorization-code' }, { way: 'access-token' }, { way: 'api-key' }],
  owns: () => true,
  scopeSeparator: ' ',
  sendsResource: true,
};
