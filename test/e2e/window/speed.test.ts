/** A list of 200 services: scrolling and updating stay smooth, a change is seen at once, and only its own row is touched. */
import { describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { partMissing } from '../../fakes/parts.ts';
import { inWindow, windowStage } from './looks.ts';
import { service, stateOf } from './scenes.ts';

const many: readonly ConnectionView[] = Array.from({ length: 200 }, (_, n) => service(`Service ${n + 1}`));
const withOnePaused = (index: number) =>
  many.map((one, n) => (n === index ? { ...one, state: 'paused' as const, paused: true } : one));

describe.skipIf(partMissing('browser') !== undefined)('200 services', () => {
  const stage = windowStage();

  it('scroll and update at 30 frames a second at least', () =>
    inWindow(stage, { state: stateOf(many) }, async ({ page, show }) => {
      const frames = page.evaluate(framesWhileScrolling);
      for (let turn = 0; turn < 10; turn++) await show(stateOf(withOnePaused(turn)));
      const { median, seconds } = await frames;
      expect(seconds).toBeGreaterThan(0.5);
      expect(median).toBeLessThan(1000 / 30);
    }));

  it('show a change within 100 ms, and touch no other row', () =>
    inWindow(stage, { state: stateOf(many) }, async ({ page, show }) => {
      const changed = page.evaluate(firstChange);
      await show(stateOf(withOnePaused(3)));
      const { tookMs, rows } = await changed;
      expect(rows).toEqual(['service-id-service-4']);
      expect(tookMs).toBeLessThan(100);
    }));
});

interface Element {
  readonly id: string;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  scrollTo(x: number, y: number): void;
  closest(selector: string): Element | null;
}

interface Page {
  readonly document: {
    querySelector(selector: string): Element | null;
  };
  requestAnimationFrame(next: () => void): void;
  scriptedTell(event: unknown): void;
  MutationObserver: new (
    saw: (records: readonly { readonly target: Element & { readonly parentElement: Element | null } }[]) => void,
  ) => { observe(element: Element | null, what: object): void; disconnect(): void };
}

/** Runs in the page: the time between frames while it scrolls from top to bottom. */
function framesWhileScrolling(): Promise<{ median: number; seconds: number }> {
  const page = globalThis as unknown as Page;
  const panel = page.document.querySelector('.panel');
  if (panel === null || panel.scrollHeight < panel.clientHeight * 4) throw new Error('the panel does not scroll');
  const steps = 60;
  const times: number[] = [];
  return new Promise((resolve) => {
    const step = () => {
      times.push(performance.now());
      if (times.length <= steps) {
        panel.scrollTo(0, (panel.scrollHeight * times.length) / steps);
        page.requestAnimationFrame(step);
        return;
      }
      const gaps = times.slice(1).map((time, n) => time - (times[n] ?? time));
      const sorted = gaps.sort((a, b) => a - b);
      resolve({
        median: sorted[Math.floor(sorted.length / 2)] ?? 0,
        seconds: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000,
      });
    };
    step();
  });
}

/** Runs in the page: from the broker's word to the changed row. */
function firstChange(): Promise<{ tookMs: number; rows: string[] }> {
  const page = globalThis as unknown as Page;
  return new Promise((resolve) => {
    let toldAtMs = 0;
    const tell = page.scriptedTell;
    page.scriptedTell = (event) => {
      toldAtMs = performance.now();
      tell(event);
    };
    const rows = new Set<string>();
    const observer = new page.MutationObserver((records) => {
      for (const { target } of records) {
        const element = 'closest' in target ? target : (target as { parentElement: Element | null }).parentElement;
        const row = element?.closest('.service');
        if (row) rows.add(row.id);
      }
      if (rows.size === 0) return;
      page.requestAnimationFrame(() => {
        observer.disconnect();
        resolve({ tookMs: performance.now() - toldAtMs, rows: [...rows] });
      });
    });
    observer.observe(page.document.querySelector('.services'), {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
}
