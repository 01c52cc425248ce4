import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localAddress, readLocalPlace, targetBelow } from '../../../electron/core/bridge/rest-address.ts';

const resource = 'https://api.example/v2/shop';

function targetOf(url: string, at = resource): string | undefined {
  const place = readLocalPlace(url);
  const found = place && targetBelow(at, place);
  return found && 'target' in found ? found.target : undefined;
}

describe('where a local address leads', () => {
  it.each([
    ['/api/shop', '/v2/shop'],
    ['/api/shop?page=2', '/v2/shop?page=2'],
    ['/api/shop/', '/v2/shop/'],
    ['/api/shop/orders/7?q=a%2Fb&x=..', '/v2/shop/orders/7?q=a%2Fb&x=..'],
    ['/api/shop/a..b/.hidden/...', '/v2/shop/a..b/.hidden/...'],
    ['/api/shop/caf%C3%A9/%20/100%25', '/v2/shop/caf%C3%A9/%20/100%25'],
    ['/api/shop/of:today;v=1,2/@me/~x/(a)', '/v2/shop/of:today;v=1,2/@me/~x/(a)'],
    ['/api/shop/web/https://other.example/x', '/v2/shop/web/https://other.example/x'],
    ['/api/shop/?', '/v2/shop/?'],
    ['/api/shop/what%3F/%23tag/a%20..%20b/x;v=1', '/v2/shop/what%3F/%23tag/a%20..%20b/x;v=1'],
    ['/api/shop/M%FCller/%C3%80/100%2525', '/v2/shop/M%FCller/%C3%80/100%2525'],
    ['/api/https%3A%2F%2Fapi.example%2Fv2/orders', '/v2/shop/orders'],
  ])('%s → %s', (url, target) => {
    expect(targetOf(url)).toBe(target);
  });

  it('at the root of an origin, path and all stay as they are', () => {
    expect(targetOf('/api/shop', 'https://api.example')).toBe('/');
    expect(targetOf('/api/shop/jwt/?a=1', 'https://api.example')).toBe('/jwt/?a=1');
    expect(targetOf('/api/shop/x', 'https://api.example/v2/')).toBe('/v2/x');
  });

  it.each([
    '/api/shop/..',
    '/api/shop/../admin',
    '/api/shop/orders/../../admin',
    '/api/shop/orders/..',
    '/api/shop/./orders',
    '/api/shop/..;/admin',
    '/api/shop/..;a=b/admin',
    '/api/shop/%2e%2e/admin',
    '/api/shop/%2E./admin',
    '/api/shop/.%2e/admin',
    '/api/shop/%252e%252e/admin',
    '/api/shop/%25252e/admin',
    '/api/shop/..%2fadmin',
    '/api/shop/x%2F..%2Fadmin',
    '/api/shop/..%5cadmin',
    '/api/shop/..\\admin',
    '/api/shop/\\\\evil.example/',
    '/api/shop//evil.example/x',
    '/api/shop///evil.example/x',
    '/api/shop/x%00',
    '/api/shop/x%0d%0aHost:evil',
    '/api/shop/x%zz',
    '/api/shop/x%',
    '/api/shop/a b',
    '/api/shop/a\tb',
    '/api/shop/caf\u00e9',
    '/api/shop/x#y',
    '/api/shop/x?a=b c',
    '/api/shop/x?a=\u0000',
    '/api/shop/%25%32%65%25%32%65/admin',
    '/api/shop/%252%65%252%65/admin',
    '/api/shop/x%25%32%66..',
    '/api/shop/%25%35%63..',
    `/api/shop/%${'25'.repeat(12)}41`,
    '/api/shop/..%3b/admin',
    '/api/shop/..%3Ba=b/admin',
    '/api/shop/..%253b/admin',
    '/api/shop/..%09/admin',
    '/api/shop/..%20/admin',
    '/api/shop/%20../admin',
    '/api/shop/..%23/admin',
    '/api/shop/..%3f/admin',
    '/api/shop/..%C2%A0/admin',
    '/api/shop/..%A0/admin',
    '/api/shop/%85../admin',
    '/api/shop/..%E2%80%8B/admin',
    '/api/shop/%EF%BC%8E%EF%BC%8E/admin',
    '/api/shop/%c0%ae%c0%ae/admin',
    '/api/shop/%e0%80%ae%e0%80%ae/admin',
    '/api/shop/%f0%80%80%af/admin',
    '/api/shop/%25c0%25ae/admin',
    '/api/shop/%25u002e%25u002e/admin',
    '/api/shop/x//evil.example/y',
  ])('%j is refused', (url) => {
    expect(targetOf(url)).toBeUndefined();
  });

  it.each(['/', '/api', '/api/', '/apix/shop', '/mcp/shop', 'http://evil.example/api/shop', '//evil/api/shop', '*'])(
    '%j is no address of a web API',
    (url) => {
      expect(readLocalPlace(url)).toBeUndefined();
    },
  );

  const pieces = fc.constantFrom(
    ...[
      'a',
      '/',
      '//',
      '.',
      '..',
      '...',
      ';',
      '%2e',
      '%2E',
      '%252e',
      '%2f',
      '%5c',
      '\\',
      '%',
      '%41',
      '@',
      ':',
      'evil.example',
      '?',
      '&',
      '#',
      ' ',
    ],
  );
  const urls = fc.array(pieces, { maxLength: 12 }).map((parts) => `/api/shop/${parts.join('')}`);

  it('whatever is written, it is refused or stays below the resource, also for servers that decode it again', () => {
    fc.assert(
      fc.property(urls, (url) => {
        const target = targetOf(url);
        if (target === undefined) return;
        let path = target.replace(/\?.*$/, '');
        for (let times = 0; times < 4; times += 1) {
          expect(new URL(`https://api.example${path}`).origin).toBe('https://api.example');
          expect(new URL(`https://api.example${path}`).pathname).toMatch(/^\/v2\/shop\//);
          const dots = path.split('/').map((segment) => segment.replace(/;.*$/, ''));
          expect(dots.filter((segment) => segment === '.' || segment === '..')).toEqual([]);
          path = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('what is fine is passed on letter by letter', () => {
    const fine = fc.stringMatching(/^[A-Za-z0-9\-_~!$&'()*+,=:@]{1,20}$/);
    fc.assert(
      fc.property(fc.array(fine, { minLength: 1, maxLength: 5 }), fc.webQueryParameters(), (segments, query) => {
        const rest = `/${segments.join('/')}?${query.replace(/#/g, '')}`;
        expect(targetOf(`/api/shop${rest}`)).toBe(`/v2/shop${rest}`);
      }),
    );
  });

  it('what people write in names is passed on encoded as it is, once or twice', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[./\\\p{Cc}]/u.test(text.normalize('NFKC')));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.boolean(), (names, twice) => {
        const encoded = names.map((text) =>
          twice ? encodeURIComponent(encodeURIComponent(text)) : encodeURIComponent(text),
        );
        expect(targetOf(`/api/shop/${encoded.join('/')}`)).toBe(`/v2/shop/${encoded.join('/')}`);
      }),
    );
  });
});

describe('where a service’s own addresses lead here', () => {
  const from = 'https://api.example/v2/shop/orders/7';
  it.each([
    ['/v2/shop/orders/8', '/api/shop/orders/8'],
    ['8?x=1#part', '/api/shop/orders/8?x=1#part'],
    ['https://api.example/v2/shop', '/api/shop'],
    ['https://API.example:443/v2/shop/', '/api/shop/'],
    ['https://user:word@api.example/v2/shop/x', '/api/shop/x'],
    ['?page=2', '/api/shop/orders/7?page=2'],
  ])('%s → %s', (address, local) => {
    expect(localAddress(resource, from, 'shop', address)).toBe(local);
  });

  it.each([
    'https://evil.example/v2/shop/x',
    '//evil.example/v2/shop/x',
    'http://api.example/v2/shop/x',
    'https://api.example:8443/v2/shop/x',
    'https://api.example@evil.example/v2/shop',
    '/v2/shopping',
    '/v2/shop/../../login',
    '/v2/shop/%2e%2e/%2e%2e/login',
    '/login',
    'javascript:alert(1)',
    'https://',
  ])('%s is none of the connection’s', (address) => {
    expect(localAddress(resource, from, 'shop', address)).toBeUndefined();
  });
});
