/**
 * Who may speak to the HTTP face. Loopback is not authentication: a page in a browser reaches it by its own origin or
 * by a name that it points here (DNS rebinding), so Host and Origin must be ours, and every program has a key.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../shared/faults.ts';
import type { KeyPlace } from '../broker/local-clients.ts';

const names = ['127.0.0.1', 'localhost', '[::1]'];

/** Throws `host-refused` where Host or Origin is not this computer's. */
export function requireLocal(request: IncomingMessage, port: number): void {
  const { host, origin } = request.headers;
  if (host === undefined || !names.some((name) => host.toLowerCase() === `${name}:${port}`)) {
    throw new Fault('host-refused', { reason: 'Host' });
  }
  if (origin !== undefined && !isLoopbackOrigin(origin)) throw new Fault('host-refused', { reason: 'Origin' });
}

/**
 * For addresses where one request is enough to have something done: no page but our own, also not one that another
 * program of this computer serves. Programs send none of these fields. Throws `host-refused`.
 */
export function requireNoPage(request: IncomingMessage, port: number): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && !names.some((name) => origin.toLowerCase() === `http://${name}:${port}`)) {
    throw new Fault('host-refused', { reason: 'Origin' });
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Fault('host-refused', { reason: 'Sec-Fetch-Site' });
  }
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && names.includes(new URL(origin).hostname);
}

/** A program with a key of its own. */
export interface Caller {
  readonly client: string;
  readonly from: KeyPlace;
  /** Its key still holds. */
  readonly isLet: () => boolean;
}

/** The key that a program shows; undefined for none. */
export function keyOf(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** The local client whose key, good for where it comes `from`, is in the request. Throws `client-key-wrong`, `keychain-locked`. */
export function requireClient(
  request: IncomingMessage,
  from: KeyPlace,
  broker: { clientOfKey(key: string, from: KeyPlace): string | undefined },
): Caller {
  const key = keyOf(request);
  const client = key === undefined ? undefined : broker.clientOfKey(key, from);
  if (key === undefined || client === undefined) throw new Fault('client-key-wrong');
  return {
    client,
    from,
    isLet() {
      try {
        return broker.clientOfKey(key, from) === client;
      } catch {
        // A locked keychain knows no key for the moment; that takes none away.
        return true;
      }
    },
  };
}

/**
 * The whole body. Throws `too-large` once it is over `maxBytes`, and `client-key-wrong` where the key was removed
 * meanwhile; rejects where the request breaks off.
 */
export async function readBody(request: IncomingMessage, maxBytes: number, { isLet }: Caller): Promise<Buffer> {
  const body = await wholeBody(request, maxBytes);
  if (!isLet()) throw new Fault('client-key-wrong', { reason: 'key removed' });
  return body;
}

function wholeBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      reject(new Fault('too-large', { reason: 'content-length' }));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.pause();
        reject(new Fault('too-large', { reason: 'body' }));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/**
 * Ends an answer in the middle. Where nothing but the connection's end says that it is whole (HTTP/1.0) an orderly end
 * would say just that, so that it is a reset (RFC 9112 s8).
 */
export function breakOff(response: ServerResponse): void {
  if (response.req.httpVersionMinor === 0) response.socket?.resetAndDestroy();
  response.destroy();
}

/** For an answer that comes before the request's body: what is still sent holds no connection of ours. */
export function closing({ headers, complete }: IncomingMessage): { readonly connection?: 'close' } {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !complete ? { connection: 'close' } : {};
}
