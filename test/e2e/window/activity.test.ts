/** The activity page: what happened, live and by choice; never what was asked or answered. */
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../shared/activity.ts';
import { partMissing } from '../../fakes/parts.ts';
import { codes, inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { everyday, service, stateOf } from './scenes.ts';

const minute = 60_000;

function entry(id: number, change: Partial<Activity> = {}): Activity {
  return {
    id,
    atMs: Date.now() - (100 - id) * minute,
    connectionId: 'id-conexor',
    connection: 'Conexor',
    account: 'ana.torres@acme.example',
    program: 'claude-desktop',
    what: 'tool',
    tool: 'list_orders',
    outcome: 'done',
    ...change,
  };
}

const linear = { connectionId: 'id-linear', connection: 'Linear' };
const entries = [
  entry(5),
  entry(4, { program: 'Cursor', ...linear, tool: 'create_issue', outcome: 'plan-limit' }),
  entry(3, { program: 'Cursor', what: 'program-allowed', tool: undefined }),
  entry(2, { program: undefined, what: 'switched', tool: undefined }),
  entry(1, { program: undefined, what: 'sign-in', tool: undefined, outcome: 'consent-denied' }),
];

describe.skipIf(partMissing('browser') !== undefined)('the activity page', () => {
  const stage = windowStage();
  const at = (list: readonly Activity[] = entries) => ({
    state: stateOf(everyday),
    at: '#/activity',
    answers: { activity: () => ({ entries: [...list] }) },
  });

  it('says when, who, what and how it ended, latest first, in words', () =>
    inWindow(stage, at(), async ({ page }) => {
      const items = page.locator('.entry');
      await items.first().waitFor();
      const texts = await items.allTextContents();
      expect(texts).toHaveLength(5);
      expect(texts[0]).toMatch(/Used list_orders.*Claude Desktop · Conexor · ana\.torres@acme\.example.*Done/);
      expect(texts[1]).toContain("Your plan's limit at Linear is used up.");
      expect(texts[2]).toContain('Access allowed');
      expect(texts[3]).toContain('Account switched');
      expect(texts[4]).toContain("You didn't allow access");
      expect(texts[4]).not.toMatch(/Signed in|Did not work/);
      expect(await items.nth(4).locator('.tone-notice, .entry-trouble').count()).toBe(0);
      const text = await visibleText(page);
      expect(text).toContain('Since Conexor was started');
      expect(text).not.toMatch(jargon);
      expect(text).not.toMatch(codes);
    }));

  it('a program that was not let in is named itself, not the service', () =>
    inWindow(
      stage,
      at([entry(2, { outcome: 'program-refused' }), entry(1, { outcome: 'program-waiting' })]),
      async ({ page }) => {
        const troubles = page.locator('.entry-trouble');
        await troubles.first().waitFor();
        for (const text of await troubles.allTextContents()) {
          expect(text).toContain('Claude');
          expect(text).not.toMatch(/(whether|allowed) Conexor/);
        }
      },
    ));

  it('by service and by app, and back to everything', () =>
    inWindow(stage, at(), async ({ page }) => {
      const items = page.locator('.entry');
      await items.first().waitFor();
      await page.getByRole('combobox', { name: 'Service' }).selectOption('Linear');
      expect(await items.count()).toBe(1);
      await page.getByRole('combobox', { name: 'App' }).selectOption('Claude Desktop');
      await page.getByText('Nothing matches this choice.').waitFor();
      await page.getByRole('button', { name: 'Show everything' }).click();
      expect(await items.count()).toBe(5);
      await page.getByRole('combobox', { name: 'App' }).selectOption('You');
      expect(await items.count()).toBe(2);
    }));

  it('is live: what happens now appears on top, once', () =>
    inWindow(stage, at(), async ({ page, tell }) => {
      await page.locator('.entry').first().waitFor();
      const now = entry(6, { atMs: Date.now(), tool: 'delete_order' });
      await tell({ kind: 'activity', entry: now });
      await tell({ kind: 'activity', entry: now });
      await page.getByText('Used delete_order').waitFor();
      expect(await page.locator('.entry').first().textContent()).toContain('Used delete_order');
      expect(await page.locator('.entry').count()).toBe(6);
    }));

  it('days stand apart', () => {
    const yesterday = entry(1, { atMs: Date.now() - 26 * 60 * minute });
    return inWindow(stage, at([entry(2, { atMs: Date.now() }), yesterday]), async ({ page }) => {
      const headings = page.getByRole('heading', { level: 2 });
      await headings.first().waitFor();
      expect(await headings.allTextContents()).toEqual([
        'Today',
        new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(yesterday.atMs),
      ]);
    });
  });

  it('an outcome that nobody has words for did not work, and its code is not shown', () =>
    inWindow(stage, at([entry(1, { outcome: 'constructor' })]), async ({ page }) => {
      await page.getByText('Did not work').first().waitFor();
      expect(await visibleText(page)).not.toContain('constructor');
    }));

  it('nothing yet, and a broker that does not answer, are said in words', async () => {
    await inWindow(stage, at([]), async ({ page }) => {
      await page.getByRole('heading', { name: 'Nothing yet' }).waitFor();
      expect(await page.getByRole('combobox').count()).toBe(0);
    });
    let works = false;
    const activity = () => {
      if (works) return { entries };
      throw { fault: 'internal', what: 'Something went wrong inside Conexor.', next: 'Try again.' };
    };
    await inWindow(stage, { ...at(), answers: { activity } }, async ({ page }) => {
      await page.getByRole('alert').getByText('Something went wrong inside Conexor.').waitFor();
      works = true;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.entry').first().waitFor();
    });
  });

  it('two services of one name are told apart as elsewhere', () => {
    const twin = (name: string) =>
      service(name, { title: 'Conexor', resource: `https://app.conexor.example/mcp/${name}/sales` });
    const of = (name: string, id: number) => entry(id, { connectionId: `id-${name}`, connection: 'Conexor' });
    const state = stateOf([twin('acme'), twin('globex')]);
    return inWindow(stage, { ...at([of('acme', 2), of('globex', 1)]), state }, async ({ page }) => {
      await page.locator('.entry').first().waitFor();
      expect(await page.locator('.entry').first().textContent()).toContain('Conexor · acme/sales');
      await page.getByRole('combobox', { name: 'Service' }).selectOption('Conexor · globex/sales');
      expect(await page.locator('.entry').count()).toBe(1);
    });
  });

  it('shows at most five hundred, and says so', () => {
    const many = Array.from({ length: 500 }, (_, n) => entry(500 - n, { atMs: Date.now() - n * 1_000 }));
    return inWindow(stage, at(many), async ({ page, tell }) => {
      await page.getByText('Earlier ones are not shown.').waitFor();
      await tell({ kind: 'activity', entry: entry(501, { atMs: Date.now(), tool: 'newest' }) });
      await page.getByText('Used newest').waitFor();
      expect(await page.locator('.entry').count()).toBe(500);
    });
  });
});
