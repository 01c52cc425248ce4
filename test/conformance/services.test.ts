/**
 * Every service by every way in of SERVICES.md: sign in, call, renew, cancel, with the real broker against the practice
 * service, and what that service saw compared byte for byte. A line is one request that carries access, asks for it or
 * ends it: method, path, the headers that let one in, the body. What differs from run to run has a name in angle
 * brackets: `<token>` is the access token in use, `<old token>` the one before. Header names are compared without their
 * case (RFC 9110 s5.1), everything else with it.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { oauthWays } from './oauth-ways.ts';
import { openScene, type Scene } from './scene.ts';
import { ways } from './ways.ts';

let scene: Scene;
afterEach(() => scene?.close());

describe('every service, every way in', () => {
  const rows = [...ways, ...oauthWays].map((row) => [row.service, row.way, row] as const);

  it.each(rows)('%s, %s: signs in, calls, renews and cancels as documented', async (_service, _way, row) => {
    scene = await openScene(row);

    await scene.signIn();
    expect.soft(scene.lines()).toEqual(row.signIn);
    expect(await scene.call()).toBe(true);
    expect.soft(scene.lines()).toEqual([row.call]);

    scene.moveClock(row.lifeMs);
    expect(await scene.accessForMany(50)).toBe(1);
    expect.soft(scene.lines()).toEqual(row.renew);
    expect(await scene.call()).toBe(true);
    expect.soft(scene.lines()).toEqual([row.call]);

    expect.soft(await scene.signOut()).toEqual(row.cancelled);
    expect.soft(scene.lines()).toEqual(row.cancel);
  });
});
