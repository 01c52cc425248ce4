/**
 * The catalogue of everything a person reads, in sections that stand side by side in each language. English is the
 * original; TypeScript refuses another language that lacks one of its words or asks for other values.
 */
import type { Language } from '../settings.ts';

/** Strings, functions that make strings, and groups of both. */
type Translated<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : T extends readonly string[]
      ? readonly string[]
      : { readonly [K in keyof T]: Translated<T[K]> };

export type Section<T> = Readonly<Record<Language, Translated<T>>>;

export function section<const T>(texts: { readonly en: T; readonly es: Translated<T> }): Section<T> {
  return texts as Section<T>;
}

/** The original with every text between marks: a text without them on the screen did not come from the catalogue. */
export function pseudo<T>(text: T): T {
  if (typeof text === 'string') return `⟦${text}⟧` as T;
  if (typeof text === 'function') return ((...values: unknown[]) => pseudo(text(...values))) as T;
  if (Array.isArray(text)) return text.map((one) => pseudo(one)) as T;
  if (typeof text !== 'object' || text === null) return text;
  return Object.fromEntries(Object.entries(text).map(([key, value]) => [key, pseudo(value)])) as T;
}
