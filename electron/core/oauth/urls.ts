/**
 * Which addresses we speak to at all: https, or http on this computer. Every address that a person typed or a server
 * published passes here before it is fetched or opened (RFC 8252 s8.3, RFC 8707 s2, RFC 9728 s7.7, MCP security).
 */
import { BlockList, isIP } from 'node:net';
import { Fault } from '../../../shared/faults.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** An address literal without the brackets that a URL puts around IPv6. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
}

/**
 * True for `localhost` and the loopback addresses, IPv4-mapped ones included. `*.localhost` is not: whether it stays
 * on this computer depends on the resolver.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname.toLowerCase());
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** As much as servers take everywhere; each address is kept, and told with every state. */
const longestAddress = 2048;

/**
 * The address of a protected resource: absolute https, or http on loopback; no fragment (RFC 8707 s2), no user info,
 * not too long, as it is written and as it is sent. Throws `address-invalid`, `address-insecure`, `too-large`.
 */
export function parseResourceUrl(text: string): URL {
  requireShort(text);
  const url = parseSecureUrl(text, 'resource');
  requireShort(url.href);
  return url;
}

function requireShort({ length }: string): void {
  if (length > longestAddress) throw new Fault('too-large', { subject: String(length), thing: 'address-long' });
}

/**
 * An authorization server's endpoint or metadata address; the same rule (RFC 6749 s3.1, s3.2; RFC 8414 s2).
 * Throws `address-invalid`, `address-insecure`.
 */
export function requireSecureEndpoint(text: string): URL {
  return parseSecureUrl(text, 'endpoint');
}

function parseSecureUrl(text: string, what: string): URL {
  // The URL parser drops tabs and line breaks without a word; an address that has them is not what it looks like.
  if (/[\s\p{Cc}]/u.test(text)) throw new Fault('address-invalid', { reason: `${what}: white space` });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Fault('address-invalid', { reason: `${what}: not an absolute address` });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Fault('address-invalid', { reason: `${what}: scheme`, subject: url.protocol });
  }
  if (url.username !== '' || url.password !== '') {
    throw new Fault('address-invalid', { reason: `${what}: user info`, subject: url.host });
  }
  if (text.includes('#')) throw new Fault('address-invalid', { reason: `${what}: fragment`, subject: url.host });
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new Fault('address-insecure', { reason: `${what}: http`, subject: url.host });
  }
  return url;
}

/**
 * `www.example.com` and `api.example.com`: services do spread their endpoints so. Without a list of public suffixes a
 * short second level (`co.uk`) counts as nobody's house.
 */
export function isSameHouse(a: string, b: string): boolean {
  if (isIP(a) !== 0 || isIP(b) !== 0) return false;
  const above = (host: string) => host.split('.').slice(1).join('.');
  const shared = [above(a), a].find((house) => house === above(b) || (house === b && house !== a));
  return shared !== undefined && /(^|\.)[^.]{4,}\.[^.]+$/.test(shared);
}
