/**
 * An address as people write it, with its scheme or without: the same rule for what is typed, given in a command and
 * pasted. Whether it may be spoken to is another question (`parseResourceUrl`).
 */
import { isIP } from 'node:net';
import { Fault } from '../../../shared/faults.ts';
import { bareHost, isLoopbackHost } from '../oauth/urls.ts';

/** Undefined where it is no address, but perhaps a name. Throws `address-invalid` for a name and password in it. */
export function withScheme(text: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const userInfo = /^[^:]+:\/\/[^/?]*@/.test(text);
    if (userInfo) throw new Fault('address-invalid', { reason: 'user info', advice: 'address-without-secret' });
    return text;
  }
  const host = /^([a-z0-9.-]+|\[[\da-f:]+\])(?::\d{1,5})?(?=[/?]|$)/i.exec(text)?.[1];
  if (host === undefined) return undefined;
  if (isLoopbackHost(host)) return `http://${text}`;
  // `example.com/mcp` is somebody's address; `acme/sales-api` is a server at Conexor.
  return isIP(bareHost(host)) !== 0 || /\.[a-z]{2,}$/i.test(host) ? `https://${text}` : undefined;
}
