/**
 * Which end a socket of ours is joined to, on Linux, by the kernel's own list: Node does not tell the peer of a socket
 * (SO_PEERCRED), `ss` of iproute2 tells which two belong together. Where there is none, nobody tells.
 */
import { readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { outputOf } from './program-output.ts';

const waitMs = 1_000;
const places = ['/usr/bin/ss', '/bin/ss', '/usr/sbin/ss', '/sbin/ss'] as const;

/** The number of our own end; undefined on other systems, and where Node does not say which file it is. */
export function inodeOf(stream: Socket): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const fd = (stream as { readonly _handle?: { readonly fd?: unknown } | null })._handle?.fd;
  if (typeof fd !== 'number' || fd < 0) return undefined;
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`)) ?? [];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

export async function peerInode(inode: number): Promise<number | undefined> {
  for (const place of places) {
    const { code, stdout } = await outputOf(place, ['-x', '-H', '-n'], waitMs);
    if (code === 0) return peerIn(stdout, inode);
  }
  return undefined;
}

/** `ss -xHn`: `u_str ESTAB 0 0 <path or *> <inode> * <inode of the other end>`. A path may hold spaces. */
export function peerIn(list: string, inode: number): number | undefined {
  for (const line of list.split('\n')) {
    const [, own, other] = /\s(\d+)\s+\S+\s+(\d+)\s*$/.exec(line) ?? [];
    if (Number(own) === inode && Number(other) !== 0) return Number(other);
  }
  return undefined;
}
