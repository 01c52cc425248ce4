/**
 * The browser tab's way: HTTP to the broker that served this page. The page key is claimed once, with what stands behind
 * `#` in the address, and kept for this tab only; events come as lines of JSON over a fetch that stays open, and is opened again when it breaks.
 */
import type { WindowAnswer, WindowBridge, WindowEvent } from '../../shared/window.ts';
import { claimFragment, pageKeyHeader, tabPaths } from '../../shared/window-paths.ts';
import { currentLink, setLink } from './link.ts';

const storageName = 'conexor.page-key';
const firstWaitMs = 250;
const longestWaitMs = 5_000;

class NoKey extends Error {}

export function tabBridge(): WindowBridge {
  const listeners = new Set<(event: WindowEvent) => void>();
  let latest: WindowEvent | undefined;
  let unclaimed = takeClaim();
  let claiming: Promise<string> | undefined;
  let reading = false;

  function pageKey(): Promise<string> {
    const kept = sessionStorage.getItem(storageName);
    if (kept !== null) return Promise.resolve(kept);
    if (unclaimed === undefined) return Promise.reject(new NoKey());
    claiming ??= claim(unclaimed)
      .then((key) => {
        unclaimed = undefined;
        return key;
      })
      .finally(() => {
        claiming = undefined;
      });
    return claiming;
  }

  async function send(path: string, init: RequestInit): Promise<Response> {
    const key = await pageKey();
    const response = await fetch(path, { ...init, headers: { ...init.headers, [pageKeyHeader]: key } });
    if (response.status !== 401 && response.status !== 403) return response;
    // A key of an earlier start of the broker, or of a tab that nobody used for long.
    sessionStorage.removeItem(storageName);
    throw new NoKey();
  }

  async function readEvents(): Promise<void> {
    const response = await send(tabPaths.events, {});
    if (!response.ok || response.body === null) throw new Error(`events: ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') tell(JSON.parse(line) as WindowEvent);
    }
  }

  function tell(event: WindowEvent): void {
    if (event.kind === 'state') {
      latest = event;
      setLink('open');
    }
    for (const listener of listeners) listener(event);
  }

  /** For as long as the page lives, or until the person has ended Conexor. */
  async function keepReading(): Promise<void> {
    let waitMs = firstWaitMs;
    for (;;) {
      const before = latest;
      try {
        await readEvents();
      } catch (thrown) {
        if (thrown instanceof NoKey) return setLink('no-key');
      }
      if (latest !== before) waitMs = firstWaitMs;
      // A broker that starts anew is back within a second: only then is there something to say.
      else setLink('gone');
      if (currentLink() === 'ended') return;
      await passed(waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  }

  return {
    async ask(method, argument) {
      try {
        const response = await send(tabPaths.ask + method, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(argument),
        });
        return (await response.json()) as WindowAnswer;
      } catch (thrown) {
        if (thrown instanceof NoKey) setLink('no-key');
        throw thrown;
      }
    },
    listen(listener) {
      listeners.add(listener);
      if (latest) listener(latest);
      if (!reading) {
        reading = true;
        void keepReading();
      }
      return () => listeners.delete(listener);
    },
  };
}

/** This opening's claim, out of the address and its history at once. It takes the place of a key from before. */
function takeClaim(): string | undefined {
  const { hash, pathname, search } = location;
  if (!hash.startsWith(`#${claimFragment}`)) return undefined;
  history.replaceState(history.state, '', pathname + search);
  sessionStorage.removeItem(storageName);
  return hash.slice(1 + claimFragment.length);
}

async function claim(unclaimed: string): Promise<string> {
  const response = await fetch(tabPaths.claim, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ claim: unclaimed }),
  });
  if (response.status >= 400 && response.status < 500) throw new NoKey();
  if (!response.ok) throw new Error(`claim: ${response.status}`);
  const { key } = (await response.json()) as { key: string };
  sessionStorage.setItem(storageName, key);
  return key;
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
