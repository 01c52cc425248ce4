/**
 * A service's body as something to read: JSON, text, or what is neither, which is told by type and size. It is read to the
 * end only within limits: a host waits about a minute, and a model reads no book.
 */
import type { UpstreamResponse } from '../exchange.ts';
import { mediaType } from '../pass.ts';

const mostBytes = 4 * 1024 * 1024;
const shownCharacters = 100_000;

export type ApiBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly json: unknown; readonly text: string }
  /** `cut`: why there is more than this, as a sentence. */
  | { readonly kind: 'text'; readonly text: string; readonly cut?: string }
  | { readonly kind: 'binary'; readonly size: number; readonly isWhole: boolean };

interface Read {
  readonly bytes: Buffer;
  readonly ended: 'whole' | 'too-large' | 'too-long';
}

/** `plain`: takes out what nobody is to read. `late`: it is read no further. Throws `answer-lost`. */
export async function readApiBody(
  response: UpstreamResponse,
  plain: (text: string) => string,
  late: AbortSignal,
): Promise<ApiBody> {
  const read = await readWithin(response, late);
  if (read.bytes.length === 0 && read.ended === 'whole') return { kind: 'none' };
  const decoded = textOf(response, read.bytes);
  if (decoded === undefined) return { kind: 'binary', size: read.bytes.length, isWhole: read.ended === 'whole' };
  if (read.ended === 'whole' && /[/+]json$/.test(mediaType(response))) {
    const body = jsonOf(decoded, plain);
    if (body) return body;
  }
  return textWithin(plain(decoded), read.ended);
}

function readWithin(response: UpstreamResponse, late: AbortSignal): Promise<Read> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (ended: Read['ended']) => {
      late.removeEventListener('abort', whenLate);
      resolve({ bytes: Buffer.concat(chunks), ended });
      // Resolved before, because giving it up is told as a loss.
      if (ended !== 'whole') response.abort();
    };
    const whenLate = () => end('too-long');
    late.addEventListener('abort', whenLate);
    response.read({
      data(chunk) {
        size += chunk.length;
        chunks.push(chunk);
        if (size > mostBytes) end('too-large');
      },
      end: () => end('whole'),
      lost(fault) {
        late.removeEventListener('abort', whenLate);
        reject(fault);
      },
    });
  });
}

const textTypes =
  /^text\/|^application\/(?:(?:[\w.-]+\+)?(?:json|xml|yaml)|x-ndjson|jsonl|javascript|graphql|x-www-form-urlencoded)$/;

/** Undefined for what is no text. */
function textOf(response: UpstreamResponse, bytes: Buffer): string | undefined {
  const encoding = response.header('content-encoding')?.trim().toLowerCase();
  // Nobody asked for it.
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return undefined;
  const type = mediaType(response);
  if (type === '') return decoded(bytes, 'utf-8', true);
  if (!textTypes.test(type)) return undefined;
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(response.header('content-type') ?? '')?.[1] ?? 'utf-8';
  return decoded(bytes, charset, false) ?? decoded(bytes, 'utf-8', false);
}

function decoded(bytes: Buffer, charset: string, fatal: boolean): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal }).decode(bytes);
    return fatal && text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A number that would be rounded on its way through here: such JSON is shown as it came. */
const longNumber = /(?<![\w.])-?\d[\d.]{15,}/;

/** Undefined for what is no JSON, or more of it than is shown. */
function jsonOf(text: string, plain: (text: string) => string): ApiBody | undefined {
  try {
    const pretty = plain(JSON.stringify(JSON.parse(text), undefined, 2));
    const shown = [longNumber.test(text) ? plain(text) : pretty, plain(text)].find(
      ({ length }) => length <= shownCharacters,
    );
    if (shown === undefined) return undefined;
    return longNumber.test(text)
      ? { kind: 'text', text: shown }
      : { kind: 'json', json: JSON.parse(pretty), text: shown };
  } catch {
    // No JSON, or nested so deep that it can be read but not written.
    return undefined;
  }
}

const inWords = new Intl.NumberFormat('en');

function textWithin(text: string, ended: Read['ended']): ApiBody {
  // Not in the middle of a character.
  const shown = text.slice(0, shownCharacters).replace(/[\ud800-\udbff]$/, '');
  if (ended === 'too-long')
    return { kind: 'text', text: shown, cut: 'The answer went on; what had come by then is shown.' };
  if (ended === 'whole' && shown.length === text.length) return { kind: 'text', text };
  const all = `${ended === 'whole' ? '' : 'more than '}${inWords.format(text.length)}`;
  const cut = `Cut here: the first ${inWords.format(shown.length)} of ${all} characters are shown. Ask for less, such as one page or fewer fields.`;
  return { kind: 'text', text: shown, cut };
}
