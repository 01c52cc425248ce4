/**
 * Scopes as a server writes them: tokens between spaces (RFC 6749 s3.3). What is no such token is dropped, since scopes
 * are shown to people, written to logs and sent on.
 */

/** Visible ASCII without quote and backslash: no line break, no escape sequence. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export function isScope(text: string): boolean {
  return scopeToken.test(text);
}

export function scopesOf(text: string | null | undefined): readonly string[] {
  return text?.split(' ').filter(isScope) ?? [];
}
