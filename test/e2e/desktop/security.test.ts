/**
 * What the window's page cannot do, asked of the running app (SECURITY.md, the desktop app): each of these is what
 * somebody would try who got a script into the page.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { windowPolicy } from '../../../shared/window-paths.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { type DesktopApp, desktopMissing, repository, startApp } from './app.ts';

describe.skipIf(desktopMissing !== undefined)('the page of the desktop app', () => {
  let desk: Desk;
  let app: DesktopApp;
  beforeAll(async () => {
    desk = await startDesk();
    app = await startApp({ desk });
    await app.state();
  });
  afterAll(async () => {
    await app?.stop();
    await desk?.stop();
  });

  /** In the page, as a script that got in; a text, because this project knows no DOM. */
  const inPage = async <T>(script: string): Promise<T> => (await app.page()).evaluate<T>(script);
  const said = (what: string) => vi.waitFor(async () => expect(await app.log()).toContain(what), { timeout: 30_000 });

  it('is sealed off: isolated, sandboxed, without Node, by every preference there is for it', async () => {
    const preferences = await app.app.evaluate(({ webContents }) =>
      webContents
        .getAllWebContents()
        .map((one) => (one as never as { getLastWebPreferences(): object }).getLastWebPreferences()),
    );
    expect(preferences).toHaveLength(1);
    expect(preferences[0]).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      experimentalFeatures: false,
      enableBlinkFeatures: '',
    });
  });

  it('has nothing of Node or Electron, and one door with two ways', async () => {
    const found = await inPage(`({
      node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter(
        (name) => name in globalThis,
      ),
      door: Object.entries(conexor).map(([name, value]) => name + ': ' + typeof value),
    })`);
    expect(found).toEqual({ node: [], door: ['ask: function', 'listen: function'] });
  });

  it('comes from our own scheme, with the policy and nothing inline', async () => {
    const page = await app.page();
    expect(page.url()).toMatch(/^app:\/\/conexor\/index\.html/);
    const answer = await inPage(`fetch('app://conexor/index.html').then(String, String)`);
    expect(answer, 'not even its own files by script').toMatch(/TypeError/);
    const violated = new Set<unknown>();
    await page.exposeFunction('violatedPolicy', (directive: unknown) => {
      violated.add(directive);
    });
    await inPage(`document.addEventListener('securitypolicyviolation', (event) => {
      void violatedPolicy(event.effectiveDirective);
    })`);
    const headers = await app.app.evaluate(async ({ net }) => {
      const response = await net.fetch('app://conexor/index.html');
      return Object.fromEntries(response.headers);
    });
    expect(headers).toMatchObject({
      'content-security-policy': windowPolicy,
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    await inPage(`(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = "by an element"';
      const image = document.createElement('img');
      image.setAttribute('onerror', 'globalThis.injected = "by an attribute"');
      image.src = 'data:,';
      const style = document.createElement('style');
      style.textContent = 'body { rotate: 90deg }';
      for (const one of [script, image, style]) document.body.append(one);
      setTimeout('globalThis.injected = "by a text"');
    })()`);
    const all = ['script-src-elem', 'script-src-attr', 'style-src-elem', 'script-src'];
    await vi.waitFor(() => expect([...violated].sort()).toEqual(all.sort()), { timeout: 30_000 });
    expect(await inPage('[typeof injected, getComputedStyle(document.body).rotate]')).toEqual(['undefined', 'none']);
  });

  it.each(['/../package.json', '/%2e%2e/main.mjs', '/..%2fmain.mjs', '/preload.cjs', '/nothing.js', '/'])(
    'finds no file at %s',
    async (path) => {
      const status = await app.app.evaluate(
        async ({ net }, address) => (await net.fetch(address)).status,
        `app://conexor${path}`,
      );
      expect(status).toBe(404);
    },
  );

  it('finds nothing on another host of the scheme, and nothing by another method', async () => {
    const status = await app.app.evaluate(async ({ net }) => [
      (await net.fetch('app://evil/index.html')).status,
      (await net.fetch('app://conexor/index.html', { method: 'POST' })).status,
    ]);
    expect(status).toEqual([404, 404]);
  });

  it.each(['https://evil.example/', 'app://evil/index.html', 'http://127.0.0.1:1/'])(
    'goes nowhere else: %s',
    async (address) => {
      const page = await app.page();
      const before = page.url();
      await page.evaluate(`location.href = ${JSON.stringify(address)}; undefined`);
      await said(`"what":"navigation","to":"${new URL(address).protocol}"`);
      expect(page.url()).toBe(before);
      expect((await app.state()).app.kind).toBe('desktop');
    },
  );

  it('reads no file of the computer', async () => {
    const page = await app.page();
    const refused = page.waitForEvent('console', (message) => /local resource/.test(message.text()));
    await page.evaluate(`location.href = 'file:///etc/passwd'; undefined`);
    await refused;
    expect(page.url()).toMatch(/^app:\/\/conexor\/index\.html/);
  });

  it('comes back from the one place that the browser goes to without asking', async () => {
    const page = await app.page();
    await page.evaluate(`location.href = 'about:blank'; undefined`);
    await said('"what":"another page"');
    await vi.waitFor(() => expect(page.url()).toMatch(/^app:\/\/conexor\/index\.html/), { timeout: 30_000 });
    await vi.waitFor(async () => expect((await app.state()).app.kind).toBe('desktop'), { timeout: 30_000 });
  });

  it('opens no window and embeds no page', async () => {
    const opened = await inPage(`(() => {
      for (const [name, address] of [['iframe', 'https://evil.example/'], ['webview', 'https://evil.example/']]) {
        const element = document.createElement(name);
        element.setAttribute('src', address);
        element.className = 'planted';
        document.body.append(element);
      }
      return [open('https://evil.example/'), open('app://conexor/index.html'), open('')].map(String);
    })()`);
    expect(opened).toEqual(['null', 'null', 'null']);
    await said('"what":"new window"');
    const contents = await app.app.evaluate(({ webContents }) => webContents.getAllWebContents().length);
    expect(contents).toBe(1);
    expect((await app.page()).frames().filter((frame) => frame.url().startsWith('https'))).toEqual([]);
    await inPage(`for (const one of document.querySelectorAll('.planted')) one.remove()`);
  });

  it('is given no permission and no device', async () => {
    const answers = await inPage(`(async () => {
      const tried = async (work) => {
        try {
          await work();
          return 'given';
        } catch {
          return 'denied';
        }
      };
      return {
        notifications: await Notification.requestPermission(),
        camera: await tried(() => navigator.mediaDevices.getUserMedia({ video: true })),
        location: await tried(
          () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
        ),
        clipboard: await tried(() => navigator.clipboard.readText()),
        midi: await tried(() => navigator.requestMIDIAccess()),
        screen: await tried(() => navigator.mediaDevices.getDisplayMedia()),
      };
    })()`);
    expect(answers).toEqual({
      notifications: 'denied',
      camera: 'denied',
      location: 'denied',
      clipboard: 'denied',
      midi: 'denied',
      screen: 'denied',
    });
  });

  it('downloads nothing', async () => {
    await app.app.evaluate(({ session }) => {
      session.defaultSession.once('will-download', (event) => {
        Reflect.set(globalThis, 'heldBack', event.defaultPrevented);
      });
    });
    await inPage(`(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['x']));
      link.download = 'x.sh';
      link.click();
    })()`);
    await vi.waitFor(
      async () => {
        expect(await app.app.evaluate(() => Reflect.get(globalThis, 'heldBack'))).toBe(true);
      },
      { timeout: 30_000 },
    );
  });

  it('is refused what the table does not have, also by the names that every object has', async () => {
    for (const method of ['stop', 'localClientKey', 'constructor', '__proto__', 'toString', '']) {
      await expect(app.ask(method as 'state', {})).rejects.toThrow('input-invalid');
    }
    await expect(app.ask('useAccount', { account: { toString: 'x' } } as never)).rejects.toThrow('input-invalid');
  });

  it('is the only one that is heard: another window is not, whatever its page', async () => {
    const answers = await app.app.evaluate(
      async ({ BrowserWindow }, preload) => {
        const ask = `conexor.ask('state', {}).then((answer) => JSON.stringify(answer), String)`;
        const told: string[] = [];
        // With our own preload script, and so with the same door, but not windows of ours.
        for (const address of ['data:text/html,stranger', 'app://conexor/index.html']) {
          const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
          await window.loadURL(address);
          told.push(await window.webContents.executeJavaScript(ask));
          window.destroy();
        }
        return told;
      },
      join(repository, 'dist/preload.cjs'),
    );
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(/^Error:.*refused/)));
    await said('a question of a stranger was refused');
  });

  it('is heard and told things only while it shows our own page, and comes back to it', async () => {
    const page = await app.page();
    const refusals = async () => (await app.log()).split('"from":"data://"').length;
    const before = await refusals();
    // The main process goes where it likes; what is loaded then has the same door. It asks once, and again when told.
    await app.app.evaluate(({ BrowserWindow }) => {
      const stranger = `data:text/html,<script>
        const ask = () => conexor.ask('state', {});
        ask();
        conexor.listen(ask);
      </script>`;
      return BrowserWindow.getAllWindows()[0]
        ?.webContents.loadURL(stranger)
        .catch(() => undefined);
    });
    await expect.poll(refusals).toBe(before + 1);
    await expect.poll(() => page.url()).toMatch(/^app:\/\/conexor\/index\.html/);
    await page.locator('h1').first().waitFor();
    expect(await refusals()).toBe(before + 1);
  });

  it('asks a hundred times a second and not more', async () => {
    const answers = await inPage<string[]>(`(async () => {
      const all = await Promise.all(Array.from({ length: 500 }, () => conexor.ask('state', {})));
      return all.map((answer) => (answer.ok ? 'ok' : answer.fault.fault));
    })()`);
    expect(answers.filter((one) => one === 'ok').length).toBeLessThan(300);
    expect(answers).toContain('rate-limited');
  });
});
