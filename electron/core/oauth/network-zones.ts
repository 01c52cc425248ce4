/**
 * How far inside the network an address lies. A server out on the internet must not make us fetch from this computer
 * or the company's network by naming such an address in its metadata (RFC 9728 s7.7, MCP security: SSRF).
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Fault } from '../../../shared/faults.ts';
import { bareHost, isLoopbackHost } from './urls.ts';

/** The greater, the further inside: the internet, a private network, this computer or its own link. */
const publicZone = 0;
const privateZone = 1;
const innermostZone = 2;

const privateRanges = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['fc00::', 7],
  ['fec0::', 10],
]);

/** Loopback, link-local (cloud metadata services live there), unspecified, multicast and reserved. */
const innermostRanges = blockList([
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // A network's own NAT64 (RFC 8215): where the IPv4 address stands in it is not known.
  ['64:ff9b:1::', 48],
  ['fe80::', 10],
  ['ff00::', 8],
]);

function blockList(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** All addresses of a name. Rejects where the name is not known here (behind a proxy that is the normal case). */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

const lookupAll: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map((entry) => entry.address);

/**
 * The IPv4 address that a gateway or the system would make of an IPv6 one: IPv4-mapped and IPv4-compatible (RFC 4291
 * s2.5.5; `::` and `::1` fall among the latter as 0.0.0.0 and 0.0.0.1), NAT64 (RFC 6052), 6to4 (RFC 3056).
 */
function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const prefix = groups.slice(0, 6).join(':');
  const at = ['0:0:0:0:0:0', '0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'].includes(prefix) ? 6 : groups[0] === '2002' ? 1 : -1;
  if (at < 0) return undefined;
  return groups
    .slice(at, at + 2)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** The eight groups in the URL parser's spelling: hexadecimal, lower case, no leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = bareHost(new URL(`http://[${address}]`).hostname).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function zoneOfAddress(literal: string): number {
  // A link's name (`fe80::1%eth0`) says nothing about the zone.
  const ip = literal.replace(/%.*$/, '');
  const address = (isIP(ip) === 6 ? embeddedIpv4(ip) : undefined) ?? ip;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (innermostRanges.check(address, family)) return innermostZone;
  return privateRanges.check(address, family) ? privateZone : publicZone;
}

async function zoneOfHost(hostname: string, lookup: Lookup): Promise<number | undefined> {
  const host = bareHost(hostname);
  if (isLoopbackHost(host)) return innermostZone;
  if (isIP(host) !== 0) return zoneOfAddress(host);
  try {
    const zones = (await lookup(host)).map(zoneOfAddress);
    return zones.length === 0 ? undefined : Math.max(...zones);
  } catch {
    return undefined;
  }
}

/** Says whether an address may be used that a resource's metadata named. Throws `address-insecure` if not. */
export type ZoneGuard = (url: URL) => Promise<void>;

/**
 * Addresses may lie as far inside as the resource itself, never further: a company's own server may name the
 * company's own sign-in, a public one may not. What a name resolves to can change afterwards; that is tolerable
 * because everything beyond loopback is https with a certificate for that name.
 */
export function zoneGuardFor(resource: URL, lookup: Lookup = lookupAll): ZoneGuard {
  const zones = new Map<string, Promise<number | undefined>>();
  const zoneOf = (hostname: string) => {
    const known = zones.get(hostname) ?? zoneOfHost(hostname, lookup);
    zones.set(hostname, known);
    return known;
  };
  return async (url) => {
    if (url.hostname === resource.hostname) return;
    const zone = await zoneOf(url.hostname);
    if (zone === undefined || zone === publicZone) return;
    if (zone > ((await zoneOf(resource.hostname)) ?? publicZone)) {
      throw new Fault('address-insecure', { reason: 'metadata names an inner address', subject: url.host });
    }
  };
}
