/**
 * Reads the JSON that people copy: with comments, trailing commas, typographic quotes, unquoted names, without the
 * outer braces or the last ones. It never throws, and never guesses inside a value: a text that breaks off in one is
 * refused.
 */

export type Value = string | number | boolean | null | readonly Value[] | ReadonlyMap<string, Value>;

const mostDeep = 32;

/** Objects are maps: no name in a text means anything to the program. `undefined` where this is no JSON at all. */
export function readTolerantJson(text: string): Value | undefined {
  const reader = new Reader(text);
  try {
    return reader.whole();
  } catch (thrown) {
    if (thrown instanceof NotJson) return undefined;
    throw thrown;
  }
}

class NotJson extends Error {}

/** With what chats leave between words, and no one sees. */
const blank = /[\s\u200b-\u200d\u2060]/;

/** Opening quote → what may close it. Word processors open with either of a pair. */
const closers: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '“': '“”„‟"',
  '”': '“”„‟"',
  '„': '“”„‟"',
  '‟': '“”„‟"',
  '‘': "‘’'",
  '’': "‘’'",
};

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    this.#space();
    const from = this.#at;
    if (closers[this.#char()] !== undefined || /[\w$]/.test(this.#char())) {
      this.#name();
      this.#space();
      // `"name": { … }`: members whose braces were not copied.
      if (this.#char() === ':') {
        this.#at = from;
        return this.#members(0);
      }
      this.#at = from;
    }
    return this.#value(0);
  }

  #value(depth: number): Value {
    if (depth > mostDeep) throw new NotJson();
    this.#space();
    const char = this.#char();
    if (char === '{') {
      this.#at += 1;
      return this.#members(depth);
    }
    if (char === '[') {
      this.#at += 1;
      return this.#items(depth);
    }
    if (closers[char] !== undefined) return this.#string();
    const word = this.#match(/[-+.\w]+/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    const number = Number(word);
    if (word === '' || Number.isNaN(number)) throw new NotJson();
    return number;
  }

  #members(depth: number): ReadonlyMap<string, Value> {
    const members = new Map<string, Value>();
    for (;;) {
      this.#space(',');
      if (this.#ends('}')) return members;
      const name = this.#name();
      this.#space();
      if (this.#char() !== ':') throw new NotJson();
      this.#at += 1;
      members.set(name, this.#value(depth + 1));
    }
  }

  #items(depth: number): readonly Value[] {
    const items: Value[] = [];
    for (;;) {
      this.#space(',');
      if (this.#ends(']')) return items;
      items.push(this.#value(depth + 1));
    }
  }

  #name(): string {
    if (closers[this.#char()] !== undefined) return this.#string();
    const word = this.#match(/[\w$.-]+/y);
    if (word === '') throw new NotJson();
    return word;
  }

  #string(): string {
    const close = closers[this.#char()] ?? '';
    const parts: string[] = [];
    for (this.#at += 1; ; this.#at += 1) {
      const char = this.#char();
      if (char === '' || char === '\n') throw new NotJson();
      if (close.includes(char)) break;
      if (char !== '\\') {
        parts.push(char);
        continue;
      }
      this.#at += 1;
      const escaped = this.#char();
      if (escaped === '') throw new NotJson();
      if (escaped !== 'u') {
        parts.push(escapes[escaped] ?? escaped);
        continue;
      }
      const hex = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[\da-f]{4}$/i.test(hex)) throw new NotJson();
      parts.push(String.fromCharCode(Number.parseInt(hex, 16)));
      this.#at += 4;
    }
    this.#at += 1;
    return parts.join('');
  }

  /** Past white space, comments, and `also`. */
  #space(also = ''): void {
    for (;;) {
      const char = this.#char();
      if (char !== '' && (blank.test(char) || also.includes(char))) this.#at += 1;
      else if (this.#text.startsWith('//', this.#at)) this.#past('\n');
      else if (this.#text.startsWith('/*', this.#at)) this.#past('*/');
      else return;
    }
  }

  #past(end: string): void {
    const at = this.#text.indexOf(end, this.#at + 2);
    this.#at = at < 0 ? this.#text.length : at + end.length;
  }

  /** The last braces are often not copied. */
  #ends(brace: string): boolean {
    if (this.#char() === '') return true;
    if (this.#char() !== brace) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [word = ''] = pattern.exec(this.#text) ?? [];
    this.#at += word.length;
    return word;
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }
}
