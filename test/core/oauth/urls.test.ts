import { describe, expect, it } from 'vitest';
import { isLoopbackHost, parseResourceUrl, requireSecureEndpoint } from '../../../electron/core/oauth/urls.ts';

describe('addresses', () => {
  it('P-27 P-49 takes https, and http on loopback', () => {
    const good = ['https://a.example/mcp', 'http://127.0.0.1:4801/mcp/a/b', 'http://localhost:1/', 'http://[::1]:1/x'];
    for (const address of good) {
      expect(parseResourceUrl(address).href).toBe(new URL(address).href);
      expect(requireSecureEndpoint(address).protocol).toMatch(/^https?:$/);
    }
  });

  it.each([
    ['javascript:alert(1)', 'address-invalid'],
    ['data:text/html,x', 'address-invalid'],
    ['file:///etc/passwd', 'address-invalid'],
    ['vbscript:x', 'address-invalid'],
    ['/relative', 'address-invalid'],
    ['', 'address-invalid'],
    ['https://user@a.example/', 'address-invalid'],
    ['https://:secret@a.example/', 'address-invalid'],
    ['https://a.example/#part', 'address-invalid'],
    ['https://a.example/#', 'address-invalid'],
    ['https://a.exa\nmple/', 'address-invalid'],
    ['java\tscript:alert(1)', 'address-invalid'],
    ['http://a.example/', 'address-insecure'],
    ['http://10.0.0.1/', 'address-insecure'],
    ['http://127.0.0.1.evil.example/', 'address-insecure'],
    ['http://app.localhost/', 'address-insecure'],
  ])('P-27 P-49 refuses %j', (address, code) => {
    for (const parse of [parseResourceUrl, requireSecureEndpoint]) {
      expect(() => parse(address)).toThrow(expect.objectContaining({ code }));
    }
  });

  it('refuses one that is too long, as it is written or as it would be sent', () => {
    const base = 'https://a.example/';
    const fitting = 2048 - base.length;
    expect(parseResourceUrl(base + 'x'.repeat(fitting)).href).toHaveLength(2048);
    for (const rest of ['x'.repeat(fitting + 1), '"'.repeat(1000)]) {
      const tooLong = expect.objectContaining({
        code: 'too-large',
        detail: expect.objectContaining({ thing: 'address-long' }),
      });
      expect(() => parseResourceUrl(base + rest)).toThrow(tooLong);
    }
  });

  it('knows loopback by address, not by looks', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '[::ffff:127.0.0.1]']) {
      expect([host, isLoopbackHost(host)]).toEqual([host, true]);
    }
    for (const host of ['localhost.example', '128.0.0.1', '0.0.0.0', '::', '[fe80::1]', '127.0.0.1.example', '']) {
      expect([host, isLoopbackHost(host)]).toEqual([host, false]);
    }
  });
});
