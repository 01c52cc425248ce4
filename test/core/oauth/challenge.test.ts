import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenge } from '../../../electron/core/oauth/challenge.ts';

describe('WWW-Authenticate', () => {
  it.each([
    ['Bearer', { scheme: 'bearer' }],
    ['bearer realm="x", error="invalid_token"', { scheme: 'bearer', error: 'invalid_token' }],
    ['Bearer error=insufficient_scope, scope="a b"', { scheme: 'bearer', error: 'insufficient_scope', scope: 'a b' }],
    [
      'Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource/mcp"',
      { scheme: 'bearer', resourceMetadata: 'https://a.example/.well-known/oauth-protected-resource/mcp' },
    ],
    [
      'Bearer resource_metadata=https://a.example/meta?x=1, scope=read',
      { scheme: 'bearer', resourceMetadata: 'https://a.example/meta?x=1', scope: 'read' },
    ],
    ['Basic realm="a, Bearer b=\\"c\\"", Bearer scope="s"', { scheme: 'bearer', scope: 's' }],
    ['Negotiate oYH1MIHyoAMKAQ==, Bearer scope="s"', { scheme: 'bearer', scope: 's' }],
    ['Basic, Bearer scope = "s"', { scheme: 'bearer', scope: 's' }],
    ['Bearer, DPoP algs="ES256"', { scheme: 'bearer' }],
    ['Bearer realm="one", Bearer scope="s"', { scheme: 'bearer' }],
    [', ,Bearer ,scope="a\\"b"', { scheme: 'bearer' }],
    [', ,Bearer ,error="a\\"b"', { scheme: 'bearer', error: 'a"b' }],
    ['Bearer scope="unclosed, error="x"', expect.objectContaining({ scheme: 'bearer' })],
    ['DPoP resource_metadata="https://a.example/m"', { scheme: 'dpop', resourceMetadata: 'https://a.example/m' }],
    ['Bearer, DPoP error="insufficient_scope", scope="s"', { scheme: 'dpop', error: 'insufficient_scope', scope: 's' }],
    ['DPoP algs="ES256", error="invalid_token"', { scheme: 'dpop', error: 'invalid_token' }],
    ['Basic realm="x"', undefined],
    ['', undefined],
  ])('M-C 2 reads %j', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  it('reads several header lines as one', () => {
    expect(parseChallenge(['Basic realm="x"', 'Bearer scope="s"'])).toEqual({ scheme: 'bearer', scope: 's' });
    expect(parseChallenge(undefined)).toBeUndefined();
  });

  it('M-C 2 drops what is no scope', () => {
    const header = 'Bearer scope="read \u001b[2Jx a\nb ä  quo\\"te back\\\\slash files:write/*"';
    expect(parseChallenge(header)?.scope).toBe('read files:write/*');
    expect(parseChallenge('Bearer scope="\u0007"')).toEqual({ scheme: 'bearer' });
  });

  it('survives any text, and keeps what a well-formed header says', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseChallenge(text)));
    fc.assert(fc.property(fc.stringMatching(/^[\s,="\\a-z]{0,60}$/), (text) => void parseChallenge(`Bearer ${text}`)));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        const quoted = value.replace(/["\\]/g, '\\$&');
        expect(parseChallenge(`Basic realm="${quoted}", Bearer error="${quoted}"`)?.error).toBe(value);
      }),
    );
  });
});
