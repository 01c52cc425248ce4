/** Links into the window: the few forms there are, and everything that only looks like one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkIn, pageOfLink } from '../../electron/shell/deep-links.ts';
import { pageSchema } from '../../shared/pages.ts';

describe('a link', () => {
  it.each([
    ['conexor://open/v1/services', { name: 'services' }],
    ['conexor://open/v1/services/', { name: 'services' }],
    ['CONEXOR://open/v1/programs', { name: 'programs' }],
    ['conexor://open/v1/activity', { name: 'activity' }],
    ['conexor://open/v1/settings', { name: 'settings' }],
    ['conexor://open/v1/diagnostics', { name: 'diagnostics' }],
    ['conexor://open/v1/help', { name: 'help' }],
    ['conexor://open/v1/help/sign-in', { name: 'help', topic: 'sign-in' }],
    ['conexor://open/v1/service/3f2a-11', { name: 'service', connection: '3f2a-11' }],
    ['conexor://open/v1/add', { name: 'add' }],
    [
      `conexor://open/v1/add?target=${encodeURIComponent('https://app.conexor.io/mcp/acme/sales')}`,
      { name: 'add', target: 'https://app.conexor.io/mcp/acme/sales' },
    ],
  ])('%s opens its page', (link, page) => {
    expect(pageOfLink(link)).toEqual(page);
  });

  it.each([
    // another host, version, page; too much of it
    'conexor://close/v1/services',
    'conexor://open.evil.example/v1/services',
    'conexor://open/v2/services',
    'conexor://open/services',
    'conexor://open/v1/',
    'conexor://open/v1/quit',
    'conexor://open/v1/constructor',
    'conexor://open/v1/__proto__',
    'conexor://open/v1/services/extra',
    'conexor://open/v1/service/a/b',
    'conexor://open/v1/services?x=1',
    'conexor://open/v1/services#x',
    'conexor://user@open/v1/services',
    'conexor://open:80/v1/services',
    'conexor:open/v1/services',
    'conexor:/open/v1/services',
    'conexor://',
    'https://open/v1/services',
    'javascript:alert(1)',
    '',
    // nothing is asked or done by a link
    'conexor://open/v1/service/a/sign-out',
    'conexor://open/v1/service/a?dialog=remove',
    'conexor://open/v1/service/a?dialog=sign-in',
    // what is filled in
    'conexor://open/v1/add?target=http://127.0.0.1:9/mcp',
    'conexor://open/v1/add?target=javascript:alert(1)',
    'conexor://open/v1/add?target=file:///etc/passwd',
    'conexor://open/v1/add?target=https://user:secret@app.conexor.io/',
    'conexor://open/v1/add?target=https://a.example/&target=https://b.example/',
    'conexor://open/v1/add?target=https://a.example/&clientSecret=x',
    'conexor://open/v1/add?target=not%20an%20address',
    'conexor://open/v1/add?target=https://a.example/%0d%0ax',
    `conexor://open/v1/add?target=https://a.example/${'a'.repeat(2048)}`,
    'conexor://open/v1/add/https://a.example/',
    // identifiers
    'conexor://open/v1/service/',
    'conexor://open/v1/service/..%2f..',
    'conexor://open/v1/service/a%00b',
    `conexor://open/v1/service/${'a'.repeat(65)}`,
    'conexor://open/v1/help/<img>',
    ' conexor://open/v1/services',
    'conexor://open/v1/ser vices',
    'conexor://open/v1/services\n',
    `conexor://open/v1/services?${'a'.repeat(5000)}`,
  ])('%j opens nothing', (link) => {
    expect(pageOfLink(link)).toBeUndefined();
  });

  it('of whatever kind opens a page without a question, or nothing', () => {
    const part = fc.oneof(
      fc.constantFrom('open', 'v1', 'add', 'service', 'services', 'help', '..', '', 'target=https://a.example'),
      fc.string({ maxLength: 12 }),
    );
    const links = fc
      .tuple(fc.array(part, { maxLength: 6 }), fc.constantFrom('/', '?', '#', '&', '@'))
      .map(([parts, mark]) => `conexor://${parts.join(mark === '/' ? '/' : `/${mark}`)}`);
    fc.assert(
      fc.property(links, (link) => {
        const page = pageOfLink(link);
        if (page === undefined) return;
        expect(pageSchema.parse(page)).toEqual(page);
        expect(page).not.toHaveProperty('dialog');
      }),
    );
  });
});

describe('a command line', () => {
  it.each([
    [['/opt/conexor', '--hidden', 'conexor://open/v1/help'], 'conexor://open/v1/help'],
    [['/opt/conexor', 'Conexor://x'], 'Conexor://x'],
    [['/opt/conexor/conexor', '/home/conexor:x'], undefined],
    [[], undefined],
  ])('%j', (argv, link) => {
    expect(linkIn(argv)).toBe(link);
  });
});
