/**
 * Whose program is at the other end of a connection on 127.0.0.1. The address that opens the window stands in the
 * command line of the browser's opener, which other users of this computer can read; their own connections they cannot
 * disguise.
 */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * False where it is known to be another user's. On Linux the system's own list says it (proc(5), /proc/net/tcp); the
 * administrator's programs, such as a port forwarder, count as the person's: they could do anything anyway. Elsewhere
 * nobody can tell, and the key alone decides.
 */
export async function isOwnPeer(socket: Socket, uid = process.getuid?.()): Promise<boolean> {
  const { remoteAddress, remotePort, localPort } = socket;
  if (process.platform !== 'linux' || uid === undefined || remoteAddress !== '127.0.0.1') return true;
  if (remotePort === undefined || localPort === undefined) return false;
  // Columns: number, local address, remote address, state, queues, timer, retransmissions, user.
  const wanted = ` ${hex(remotePort)} ${hex(localPort)} `;
  const list = await readFile('/proc/net/tcp', 'latin1').catch(() => '');
  const line = list.split('\n').find((one) => one.includes(wanted));
  const owner = Number(line?.trim().split(/\s+/)[7]);
  return Number.isNaN(owner) || owner === uid || owner === 0;
}

/** 127.0.0.1 and a port as the list has them, whichever way this machine writes numbers. */
function hex(port: number): string {
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return `${isLittle ? '0100007F' : '7F000001'}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
