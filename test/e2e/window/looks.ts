/**
 * What every page of the window is looked at for: accessibility (axe, WCAG 2.2 AA) in light, dark and forced colours,
 * at 360 pixels and at 200 %; texts that are not in the catalogue. With CONEXOR_TEST_PICTURES=1 pictures for people lie in
 * test-results/window/ afterwards.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { drawingBrowser } from '../../fakes/parts.ts';
import { type OpenOptions, openWindow, type ScriptedWindow } from '../../fakes/scripted-window.ts';

const wantsPictures = process.env['CONEXOR_TEST_PICTURES'] === '1';
export const pictures = fileURLToPath(new URL('../../../test-results/window/', import.meta.url));

/** Chromium looks up hosts of its own at every start; nothing here is to leave the computer. As root it needs --no-sandbox. */
export const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-sandbox',
];

export interface Stage {
  open(options: OpenOptions): Promise<ScriptedWindow>;
}

/** One browser for all tests of a file; each window closes with its test's end. */
export function windowStage(): Stage {
  let browser: Browser;
  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    browser = await chromium.launch({ executablePath: drawingBrowser() ?? '', args: quiet });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  return {
    open: (options) => openWindow(browser, inject('windowUrl'), options),
  };
}

/** Opens it, does something with it, and closes it. Nothing of it may have complained. */
export async function inWindow(
  stage: Stage,
  options: OpenOptions,
  act: (window: ScriptedWindow) => Promise<void>,
): Promise<void> {
  const window = await stage.open(options);
  try {
    await act(window);
    expect(window.complaints).toEqual([]);
  } finally {
    await window.close();
  }
}

/** The rules that depend on the colour scheme; the others do not. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** Those that depend on how large things are, besides. */
const sizeRules = ['target-size', 'scrollable-region-focusable'];

export type About = 'all' | 'colours' | 'structure' | 'sizes';

/** What axe finds, one line each. `about`: of all its rules, of those about colours or sizes, or of all but colours. */
export async function axeFinds(page: Page, about: About): Promise<readonly string[]> {
  // Half a megabyte: once for each page, not for each look at it.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source);
  const rules = about === 'sizes' ? sizeRules : colourRules;
  const only = about === 'colours' || about === 'sizes';
  const options: RunOptions = only
    ? { runOnly: { type: 'rule', values: rules } }
    : { runOnly: { type: 'tag', values: tags } };
  if (about === 'structure') options.rules = Object.fromEntries(colourRules.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate(runAxe, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Runs in the page. */
async function runAxe(options: RunOptions): Promise<Pick<AxeResults, 'violations'>> {
  const page = globalThis as unknown as { readonly axe: { run(options: RunOptions): Promise<AxeResults> } };
  const { violations } = await page.axe.run({ ...options, resultTypes: ['violations'] });
  return { violations };
}

/** In the page: what scrolls on it. */
const scroller = "(document.querySelector('.panel, .alone') ?? document.documentElement)";

export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(
    `document.documentElement.scrollWidth > window.innerWidth || ${scroller}.scrollWidth > ${scroller}.clientWidth`,
  );
}

/** Buttons whose words are broken inside one of them, or stacked in a strip that is narrower than they are: one line each. */
export function brokenButtons(page: Page): Promise<readonly string[]> {
  return page.evaluate(collectBrokenButtons);
}

/** Runs in the page. */
function collectBrokenButtons(): string[] {
  const page = globalThis as unknown as LayoutPage;
  const mostLines = 3;
  const found: string[] = [];
  for (const button of page.document.querySelectorAll('button, [role="button"], .button')) {
    const texts = page.document.createTreeWalker(button, 4);
    const whole = page.document.createRange();
    const tops = new Set<number>();
    let cut = '';
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      // "ana@acme.example" has places of its own to break at; letters side by side have none.
      for (const { 0: word, index } of (text.textContent ?? '').matchAll(/[\p{L}\p{N}]+/gu)) {
        whole.setStart(text, index);
        whole.setEnd(text, index + word.length);
        const lines = new Set([...whole.getClientRects()].map(({ top }) => Math.round(top)));
        for (const line of lines) tops.add(line);
        if (lines.size > 1) cut ||= word;
      }
    }
    const { width, height } = button.getBoundingClientRect();
    const label = (button.textContent ?? '').trim();
    if (cut !== '') found.push(`"${label}" is broken inside "${cut}"`);
    else if (tops.size > mostLines && width < height) found.push(`"${label}" stands in ${tops.size} lines`);
  }
  return found;
}

interface LayoutPage {
  readonly document: {
    querySelectorAll(selector: string): Iterable<LayoutElement>;
    createTreeWalker(root: LayoutElement, what: number): { nextNode(): LayoutNode | null };
    createRange(): LayoutRange;
  };
}

interface LayoutNode {
  readonly textContent: string | null;
}

interface LayoutElement extends LayoutNode {
  getBoundingClientRect(): { readonly width: number; readonly height: number };
}

interface LayoutRange {
  setStart(node: LayoutNode, offset: number): void;
  setEnd(node: LayoutNode, offset: number): void;
  getClientRects(): Iterable<{ readonly top: number }>;
}

/** The whole page, not only what fits the window. Only where somebody wants to look: drawing them takes a third of the time. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!wantsPictures) return;
  const size = page.viewportSize() ?? { width: 960, height: 720 };
  const hidden = Number(await page.evaluate(`${scroller}.scrollHeight - ${scroller}.clientHeight`));
  await page.setViewportSize({ width: size.width, height: size.height + Math.max(0, hidden) });
  await page.screenshot({ path: `${pictures}${name}.png` });
  await page.setViewportSize(size);
}

/** Everything a person can read or hear on the page that is not between the pseudo-locale's marks. */
export async function textsOutsideCatalogue(page: Page): Promise<readonly string[]> {
  return page.evaluate(collectTexts);
}

/** Runs in the page. */
function collectTexts(): string[] {
  const root = (globalThis as unknown as { document: { body: Element } }).document.body;
  const found: string[] = [];
  const add = (text: string | null) => {
    const trimmed = (text ?? '').trim();
    if (/\p{L}/u.test(trimmed) && !trimmed.includes('⟦')) found.push(trimmed);
  };
  const visit = (element: Element) => {
    if (element.closest('[data-decoration], time, svg')) return;
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) add(element.getAttribute(name));
    // Text in pieces ("as " and a name) is one text: React joins no marks of neighbours.
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent);
    add(own.join(''));
    for (const child of element.children) visit(child);
  };
  visit(root);
  return found;
}

interface Element {
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
  readonly children: Iterable<Element>;
  closest(selector: string): Element | null;
  getAttribute(name: string): string | null;
}

/** Rule 1: what a person on the main path never reads, in both languages. */
export const jargon = /\b(URLs?|JSON|tokens?|scopes?|ports?|OAuth|MCP|ámbitos?|puertos?|PKCE|stdio)\b/iu;
/** Rule 11: no codes. */
export const codes = /\b(invalid_\w+|E[A-Z]{4,}|HTTP|[45]\d\d)\b/;

export function visibleText(page: Page): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what is folded away is not read
  return page.locator('body').innerText();
}
