/**
 * Texts for menus and tooltips: one line, short, safe. What other people named (services, accounts, programs) is cut
 * in the middle, where two similar names differ least.
 */

/** Menus of every system stay readable up to here. */
export const longestLabel = 40;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Foreign text as one plain line: no control characters (a tab starts a menu's column of shortcuts), nothing that
 * turns the reading direction of what follows.
 */
export function plainLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** At most `longest` characters as people count them. */
export function shorten(text: string, longest: number): string {
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  if (parts.length <= longest) return text;
  const kept = Math.max(longest - 1, 0);
  const start = Math.ceil(kept / 2);
  return `${parts.slice(0, start).join('').trimEnd()}…${parts
    .slice(parts.length - (kept - start))
    .join('')
    .trimStart()}`;
}

/** A sentence around a foreign name, which gives way: the words stay whole. */
export function fitInto(sentence: (name: string) => string, name: string): string {
  const room = longestLabel - sentence('').length;
  return sentence(shorten(plainLine(name), Math.max(room, 8)));
}

/** `&` marks a menu's key on every system. */
export function label(text: string): string {
  return text.replaceAll('&', '&&');
}
