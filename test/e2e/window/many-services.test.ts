/** A list of 200 services: a change touches its own row only. How fast that is, `npm run bench` measures. */
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

  it('show the change of one, and touch no other row', () =>
    inWindow(stage, { state: stateOf(many) }, async ({ page, show }) => {
      const touched = page.evaluate(touchedRows);
      await show(stateOf(withOnePaused(3)));
      expect(await touched).toEqual(['service-id-service-4']);
    }));
});

interface Element {
  readonly id: string;
  readonly parentElement: Element | null;
  closest?(selector: string): Element | null;
}

interface Page {
  readonly document: { querySelector(selector: string): Element | null };
  requestAnimationFrame(next: () => void): void;
  MutationObserver: new (
    saw: (records: readonly { readonly target: Element }[]) => void,
  ) => { observe(element: Element | null, what: object): void; disconnect(): void };
}

/** Runs in the page: the rows that the first change touches, up to the frame in which it is seen. */
function touchedRows(): Promise<string[]> {
  const page = globalThis as unknown as Page;
  return new Promise((resolve) => {
    const rows = new Set<string>();
    const observer = new page.MutationObserver((records) => {
      for (const { target } of records) {
        const element = target.closest ? target : target.parentElement;
        const row = element?.closest?.('.service');
        if (row) rows.add(row.id);
      }
      if (rows.size === 0) return;
      page.requestAnimationFrame(() => {
        observer.disconnect();
        resolve([...rows]);
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
