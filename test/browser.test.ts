import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserCommand, openBrowser } from '../electron/browser.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the browser', () => {
  it('P-1 is the system’s own program, found by the system', () => {
    const url = 'https://app.conexor.io/oauth/consent?a=1&b=2';
    expect(browserCommand({ platform: 'darwin', env: {} }, url)).toEqual(['/usr/bin/open', [url]]);
    expect(browserCommand({ platform: 'linux', env: { DISPLAY: ':0' } }, url)).toEqual(['xdg-open', [url]]);
    expect(browserCommand({ platform: 'win32', env: {} }, url)?.[0]).toBe('rundll32.exe');
    expect(browserCommand({ platform: 'linux', env: {} }, url)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('P-27 the address is one argument, and no shell reads it', async () => {
    const program = join(folder, 'opener');
    const seen = join(folder, 'seen');
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > ${seen}\n`, { mode: 0o700 });
    const url = new URL(`https://service.example/?q=$(touch ${folder}/owned);&x=\`id\``);
    await openBrowser({ platform: 'linux', env: { CONEXOR_BROWSER: program } })(url);
    expect((await readFile(seen, 'utf8')).split('\n').slice(0, 2)).toEqual(['1', url.href]);
    await expect(readFile(join(folder, 'owned'))).rejects.toThrow();
  });

  it('says so where it cannot be opened', async () => {
    const url = new URL('https://service.example/');
    const unavailable = { code: 'browser-unavailable' };
    await expect(openBrowser({ platform: 'linux', env: {} })(url)).rejects.toMatchObject(unavailable);
    const missing = join(folder, 'none');
    await expect(openBrowser({ platform: 'linux', env: { CONEXOR_BROWSER: missing } })(url)).rejects.toMatchObject(
      unavailable,
    );
    await expect(openBrowser({ platform: 'linux', env: { CONEXOR_BROWSER: '/bin/false' } })(url)).rejects.toMatchObject(
      unavailable,
    );
  });
});
