/**
 * The five documented scopes, in people's words, and how a list of them is read. The consent page's documented address
 * joins them with a comma, the token endpoint with a space (RFC 6749 s3.3); both are read here, a space is written.
 */

export const scopeWords = {
  'mcp:tools:read': 'See which tools the server offers',
  'mcp:tools:execute': 'Use the tools: look up sales data and create orders',
  'mcp:resources:read': 'Read the guides stored with the server',
  'mcp:server:read': 'Read information about the server',
  'mcp:server:manage': 'Change the server’s settings and the apps that may use it',
} as const;

export type Scope = keyof typeof scopeWords;

export const allScopes = Object.keys(scopeWords) as readonly Scope[];

/** What is granted where a request names no scope: the pair that the documentation's own examples ask for. */
const defaultScopes: readonly Scope[] = ['mcp:tools:read', 'mcp:tools:execute'];

export const isScope = (text: string): text is Scope => Object.hasOwn(scopeWords, text);

/** A scope list without repetitions; undefined where it names a scope that does not exist (RFC 6749 `invalid_scope`). */
export function parseScopes(text: string | undefined): readonly Scope[] | undefined {
  const words = [...new Set((text ?? '').split(/[\s,]+/).filter((word) => word !== ''))];
  if (words.length === 0) return defaultScopes;
  return words.every(isScope) ? words : undefined;
}
