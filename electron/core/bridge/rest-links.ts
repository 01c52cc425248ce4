/**
 * Addresses in an answer's fields that programs follow with their key: links (RFC 8288), and what says where a result or
 * the next page is. Those of the connection are made local, others are left out. Clean ones only: whoever reads them may
 * do so with less care than we.
 */
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
const placesToGo = /(?:^|-)(?:next|prev|previous|first|last|page|self|ur[il]|href|link|links)(?:-|$)/;
const wholeAddress = /^\s*(?:https?:)?[\\/]{2}/i;

/**
 * What becomes of a field that may say where to go on, such as `Operation-Location`, `Azure-AsyncOperation` or
 * `X-Next-Page`: its addresses made local, those of others gone. Undefined for a field that is no such one, or says no
 * address: it passes as it is. Whole addresses of the connection are made local in any field.
 */
export function localPlaces(name: string, value: AnswerFields[string], local: Local): readonly string[] | undefined {
  const values = value === undefined ? [] : [value].flat();
  const isLocation = locations.test(name);
  if (!isLocation && !values.some((one) => wholeAddress.test(one))) return undefined;
  return values.flatMap((one) => {
    if (!isLocation && !wholeAddress.test(one)) return [one];
    const here = local(one.trim());
    if (here !== undefined) return [here];
    return isLocation || placesToGo.test(name) ? [] : [one];
  });
}
