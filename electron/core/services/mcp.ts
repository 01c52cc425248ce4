/**
 * Any other MCP server: nothing is known in advance, its own metadata says everything.
 */
import type { Service } from './service.ts';

export const mcp: Service = {
  id: 'mcp',
  title: 'MCP server',
  owns: () => true,
  scopeSeparator: ' ',
  sendsResource: true,
  scopeWords: {
    openid: 'Know who you are',
    profile: 'See your name',
    email: 'See your e-mail address',
    offline_access: 'Stay signed in',
  },
};
