/**
 * The lines of a TOML text as its readers take them: a header, a comment, or a name with its whole value, which may go
 * on over many lines (TOML 1.0, multi-line strings and arrays). Lines that only look like a header are inside of one.
 */

/** With its line end. */
export interface Line {
  readonly from: number;
  readonly to: number;
  /** Without blanks around it. */
  readonly text: string;
  /** It is one, or one stands behind or in it. */
  readonly hasComment: boolean;
}

/** Of a text that a parser has read without an error. */
export function linesIn(text: string): readonly Line[] {
  const lines: Line[] = [];
  let from = 0;
  let depth = 0;
  let hasComment = false;
  const end = (to: number) => {
    if (to > from) lines.push({ from, to, text: text.slice(from, to).trim(), hasComment });
    from = to;
    depth = 0;
    hasComment = false;
  };
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    if (char === '#') {
      hasComment = true;
      at = before(text.indexOf('\n', at), text);
      continue;
    }
    if (char === '"' || char === "'") {
      at = stringEnd(text, at, char);
      continue;
    }
    if (char === '[' || char === '{') depth += 1;
    if (char === ']' || char === '}') depth -= 1;
    at += 1;
    if (char === '\n' && depth <= 0) end(at);
  }
  end(text.length);
  return lines;
}

/** Behind the quote that ends it. */
function stringEnd(text: string, start: number, quote: '"' | "'"): number {
  const isLong = text.startsWith(quote.repeat(3), start);
  const mark = isLong ? quote.repeat(3) : quote;
  let at = start + mark.length;
  while (at < text.length && !text.startsWith(mark, at)) {
    // Only what stands between double quotes has escapes.
    at += quote === '"' && text.charAt(at) === '\\' ? 2 : 1;
  }
  at += mark.length;
  // A long one may end in one or two quotes of its own.
  for (let n = 0; isLong && n < 2 && text.charAt(at) === quote; n++) at += 1;
  return at;
}

function before(at: number, text: string): number {
  return at < 0 ? text.length : at;
}
