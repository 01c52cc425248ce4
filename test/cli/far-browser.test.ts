/** What a person is told who signs in over SSH: when, by which ways, and with which words to copy. */
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { farWords, isFarAway } from '../../electron/cli/far-browser.ts';

const ssh = { SSH_CONNECTION: '203.0.113.7 50022 192.0.2.1 22' };
const address = 'https://app.example/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A40001%2Fcallback&state=1';
const notes = { name: 'notes', waysIn: [] };

describe('somebody who sits elsewhere', () => {
  it.each([
    [ssh, true],
    [{ SSH_TTY: '/dev/pts/1' }, true],
    [{ SSH_CLIENT: '203.0.113.7 50022 22' }, true],
    [{}, false],
    [{ SSH_CONNECTION: '' }, false],
    [{ ...ssh, DISPLAY: 'localhost:10.0' }, false],
    [{ ...ssh, WAYLAND_DISPLAY: 'wayland-0' }, false],
  ])('%j: %s', (env, far) => {
    expect(isFarAway(env)).toBe(far);
  });

  it('gets the address on a line of its own, and the port to bring along', () => {
    const words = farWords(ssh, { connection: notes, address, canPaste: true });
    expect(words).toContain(address);
    expect(words.at(-1)).toContain(`ssh -N -L 40001:127.0.0.1:40001 ${userInfo().username}@192.0.2.1`);
    expect(words.join()).not.toMatch(/device-code|finish/);
  });

  it('is told of the code, where the service has that way, and of the other command where nothing can be pasted', () => {
    const connection = { ...notes, waysIn: [{ id: 'device-code', legacy: false, suggested: false, fields: [] }] };
    const words = farWords(ssh, { connection: connection as never, address, canPaste: false }).join('\n');
    expect(words).toContain('npx conexor connect notes --way device-code');
    expect(words).toContain('npx conexor finish -c notes');
  });

  it.each([
    ['a pushed request', ssh, 'https://app.example/authorize?request_uri=urn:x'],
    ['another host comes back', ssh, address.replace('127.0.0.1', 'app.example')],
    ['nobody knows the server’s address', { SSH_TTY: '/dev/pts/1' }, address],
    ['words of a shell in its place', { SSH_CONNECTION: '1 2 $(reboot) 22' }, address],
    ['no address', ssh, 'nonsense'],
  ])('no port where %s', (_, env, wanted) => {
    expect(farWords(env, { connection: notes, address: wanted, canPaste: true }).join()).not.toContain('ssh -N');
  });
});
