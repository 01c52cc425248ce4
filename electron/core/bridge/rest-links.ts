/**
 * Addresses in an answer's fields that programs follow with their key: links (RFC 8288), and what says where a result or
 * the next page is. Those of the connection are made local, others are left out. Clean ones only: whoever reads them may
 * do so with less care than we.
 */
import { foldedName } from './exchange.ts';
import type { AnswerFields } from './response-body.ts';

/** The local form of an address that is the connection's own; undefined for any other. */
export type Local = (address: string) => string | undefined;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const optional = '[ \\t]*';
/** No angle brackets in values either: what stands between those is an address to many. */
const parameter = `${token}(?:${optional}=${optional}(?:${token}|"(?:[^"\\\\<>]|\\\\[^<>])*"))?`;
const linkValue = new RegExp(`<([^<>]*)>((?:${optional};${optional}(?:${parameter})?)*)${optional}(?=,|$)`, 'y');
const between = /[ \t]*(?:,[ \t]*)*/y;

/** The links of all `Link` lines (RFC 8288 s3) that stay here. From the first that is none, a line is not read on. */
export function localLinks(lines: readonly string[], local: Local): string[] {
  return lines.flatMap((line) => {
    const links: string[] = [];
    for (let at = skip(line, 0); at < line.length; at = skip(line, at)) {
      linkValue.lastIndex = at;
      const [all, address, parameters] = linkValue.exec(line) ?? [];
      if (all === undefined || address === undefined) break;
      at += all.length;
      const here = local(address);
      if (here !== undefined) links.push(`<${here}>${parameters ?? ''}`);
    }
    return links;
  });
}

function skip(line: string, at: number): number {
  between.lastIndex = at;
  return at + (between.exec(line)?.[0].length ?? 0);
}

/** Always an address, relative or whole. */
const locations = /(?:^|-)(?:location|asyncoperation)$/;
/** An address at some services, a number or a word at others. */
const placesToGo =
  /(?:^|-)(?:next|prev|previous|first|last|page|self|[a-z]*ur[il]|href|[a-z]*links?|location|redirect|forward|goto|continue|continuation|resume|resumable|poll|polling|callback|endpoint|target|destination)(?:-|$)/;
/** With a scheme, or with slashes in its place; `https:` is enough to some readers. */
const wholeAddress = /^(?:https?:|(?:[a-z][a-z0-9+.-]*:)?[\\/]{2})/i;
/** What is read as an address where one is looked for. */
const hostAndPath = /^(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?[\\/?#]/i;
/** Blanks, which readers take away, and what an address is wrapped in by some. */
const wrapped = /^([\s"'<]*)(.*?)([\s"'>]*)$/s;

/**
 * What becomes of a field that may say where to go on, such as `Operation-Location`, `Azure-AsyncOperation` or
 * `X-Next-Page`: its addresses made local, those of others gone. Undefined for a field that is no such one, or says no
 * address: it passes as it is. Whole addresses of the connection are made local in any field.
 */
export function localPlaces(name: string, value: AnswerFields[string], local: Local): readonly string[] | undefined {
  const folded = foldedName(name);
  const isLocation = locations.test(folded);
  const isPlace = isLocation || placesToGo.test(folded);
  const values = value === undefined ? [] : [value].flat();
  const places = values.map((one) => {
    const [, before = '', address = '', after = ''] = wrapped.exec(one) ?? [];
    const isWhole = wholeAddress.test(address.replace(/[\t\r\n]/g, ''));
    if (!isLocation && !isWhole) return isPlace && hostAndPath.test(address) ? undefined : one;
    const here = local(address);
    if (here !== undefined) return `${before.trim()}${here}${after.trim()}`;
    return isPlace ? undefined : one;
  });
  if (places.every((place, at) => place === values[at])) return undefined;
  return places.filter((place) => place !== undefined);
}
