/**
 * Who may ask at the window's address. A page elsewhere reaches it too, and cookies are shared between all ports of a
 * host: Host and Origin must be exactly ours, and cookie and page key must belong together.
 */
import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../shared/faults.ts';
import type { SentCookie } from './tab-sessions.ts';

/** Throws `host-refused` for any other name or port than the one in the address that we give out. */
export function requireHost(request: IncomingMessage, port: number): void {
  if (request.headers.host !== `127.0.0.1:${port}`) throw new Fault('host-refused', { reason: 'Host' });
}

/**
 * Of a page's own questions: a browser says where they come from, at least in one of the two headers that no page can
 * set. Throws `host-refused`.
 */
export function requireOwnPage(request: IncomingMessage, port: number): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined && origin !== `http://127.0.0.1:${port}`) {
    throw new Fault('host-refused', { reason: 'Origin' });
  }
  if (site !== undefined && site !== 'same-origin') throw new Fault('host-refused', { reason: 'Sec-Fetch-Site' });
  if (origin === undefined && (request.method === 'POST' || site === undefined)) {
    throw new Fault('host-refused', { reason: 'neither Origin nor Sec-Fetch-Site' });
  }
}

export function cookieName(port: number, id: string): string {
  return `conexor_window_${port}_${id}`;
}

/** All that could be ours: whichever comes first may have been set by a page of another port. */
export function cookiesOf(request: IncomingMessage, port: number): readonly SentCookie[] {
  const start = cookieName(port, '');
  return (request.headers.cookie?.split(';') ?? []).flatMap((pair) => {
    const [, name = '', value = ''] = /^\s*([^=\s]+)=\s*(\S*)\s*$/.exec(pair) ?? [];
    const id = name.startsWith(start) ? name.slice(start.length) : '';
    return /^[\w-]{1,32}$/.test(id) ? [{ id, value }] : [];
  });
}

/** JSON of at most so many bytes. Throws `input-invalid`, `too-large`; rejects where the request breaks off. */
export async function readJson(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Fault('input-invalid', { reason: 'not application/json' });
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new Fault('too-large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Fault('too-large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Fault('input-invalid', { reason: 'not JSON' });
  }
}
