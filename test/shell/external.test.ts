/** What is handed to the operating system to be opened: the page of a sign-in that waits, https help, nothing else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createExternal } from '../../electron/shell/external.ts';
import { helpAddresses, helpPages } from '../../shared/help-pages.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { connection, inState } from './states.ts';

let opened: string[];
let connections: readonly ConnectionView[] | undefined;
let works: boolean;
const external = createExternal({
  open: async (address) => {
    if (!works) throw new Error('no browser');
    opened.push(address);
  },
  connections: () => connections,
});

beforeEach(() => {
  opened = [];
  works = true;
  connections = [connection('sales'), inState('signing-in')];
});

const waiting = 'https://app.conexor.io/authorize?state=x';

describe('a sign-in page', () => {
  it('is opened as it is while its sign-in waits', async () => {
    await external.openSignIn(new URL(waiting));
    expect(opened).toEqual([waiting]);
  });

  it.each(['http://127.0.0.1:7000/authorize', 'http://localhost:7000/authorize', 'http://[::1]:7000/authorize'])(
    '%s is on this computer, and may be http',
    async (address) => {
      const one = inState('signing-in');
      connections = [{ ...one, ...(one.signIn ? { signIn: { ...one.signIn, host: new URL(address).host } } : {}) }];
      await external.openSignIn(new URL(address));
      expect(opened).toEqual([address]);
    },
  );

  it('may be the one at which a code is typed, wherever it lies', async () => {
    const one = inState('signing-in');
    const device = { userCode: 'BDWP', verificationUri: 'https://login.example/device' };
    connections = [{ ...one, ...(one.signIn ? { signIn: { ...one.signIn, device } } : {}) }];
    await external.openSignIn(new URL('https://login.example/device?user_code=BDWP'));
    expect(opened).toEqual(['https://login.example/device?user_code=BDWP']);
    await expect(external.openSignIn(new URL('http://login.example/device'))).rejects.toMatchObject({
      code: 'address-invalid',
    });
  });

  it.each([
    'https://evil.example/authorize',
    'https://app.conexor.io.evil.example/authorize',
    'https://app.conexor.io:8443/authorize',
    'http://app.conexor.io/authorize',
    'https://user@app.conexor.io/authorize',
    'file://app.conexor.io/etc/passwd',
    'smb://app.conexor.io/share',
    'conexor://app.conexor.io/',
    'javascript:alert(1)',
  ])('%s is refused', async (address) => {
    await expect(external.openSignIn(new URL(address))).rejects.toMatchObject({ code: 'address-invalid' });
    expect(opened).toEqual([]);
  });

  it('is refused when no sign-in waits, and before there is a broker', async () => {
    for (const none of [[connection('sales')], [], undefined]) {
      connections = none;
      await expect(external.openSignIn(new URL(waiting))).rejects.toMatchObject({ code: 'address-invalid' });
    }
    expect(opened).toEqual([]);
  });

  it('that the system cannot open is said in words', async () => {
    works = false;
    await expect(external.openSignIn(new URL(waiting))).rejects.toMatchObject({ code: 'browser-unavailable' });
  });
});

describe('a help page', () => {
  it.each(helpPages)('%s is one of a fixed list, and https', async (page) => {
    await external.openHelp(page);
    expect(opened).toEqual([helpAddresses[page]]);
    expect(new URL(helpAddresses[page]).protocol).toBe('https:');
  });
});
