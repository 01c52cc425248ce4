/**
 * Whose program is at the other end of a connection to 127.0.0.1. The address that opens the window stands in the
 * command line of the browser's opener, which other users of this computer can read, and a cookie is shown to every
 * port; their own connections they cannot disguise.
 */
import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';

/** The two ends of a connection as this side sees them. */
export type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** The system changes its list while it is read: a line can be missed, hardly three times. */
const mostReads = 3;
const established = '01';
const known = new WeakMap<Socket, Promise<boolean>>();

/**
 * On Linux the system's own list says whose it is (proc(5), /proc/net/tcp); who is not in it is refused. The
 * administrator's programs, such as a port forwarder, count as the person's: they could do anything anyway. Elsewhere
 * nobody can tell, and the keys alone decide. Asked once for each connection.
 */
export function isOwnPeer(socket: Socket): Promise<boolean> {
  const answer = known.get(socket) ?? look(socket);
  known.set(socket, answer);
  return answer;
}

async function look(ends: Ends): Promise<boolean> {
  const uid = process.getuid?.();
  if (process.platform !== 'linux' || uid === undefined) return true;
  for (let read = 0; read < mostReads; read++) {
    const list = await freshList();
    if (list === undefined) return true;
    const owner = ownerOf(list, ends);
    if (owner !== undefined) return owner === uid || owner === 0;
  }
  return false;
}

/**
 * The user that holds the other end open, by the text of both lists; undefined where it is in neither. A socket that
 * its program has closed is nobody's: the list then says 0, which is also the administrator's number.
 */
export function ownerOf(list: string, ends: Ends): number | 'nobody' | undefined {
  const [peer, own] = [place(ends.remoteAddress, ends.remotePort), place(ends.localAddress, ends.localPort)];
  if (!peer || !own) return 'nobody';
  // Columns: number, local address, remote address, state, queues, timer, retransmissions, user, timeout, inode.
  const wanted = peer.map((form, n) => ` ${form} ${own[n]} `);
  const line = list.split('\n').find((one) => wanted.some((pair) => one.includes(pair)));
  if (line === undefined) return undefined;
  const columns = line.trim().split(/\s+/);
  const [state, user, inode] = [columns[3], columns[7], columns[9]];
  if (state !== established || inode === undefined || Number(inode) === 0) return 'nobody';
  return user !== undefined && /^\d+$/.test(user) ? Number(user) : 'nobody';
}

/** An address and a port as the lists for IPv4 and IPv6 have them, whichever way this machine writes numbers. */
function place(address: string | undefined, port: number | undefined): readonly [string, string] | undefined {
  const plain = address?.replace(/^::ffff:/i, '');
  if (plain === undefined || !isIPv4(plain) || port === undefined) return undefined;
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const bytes = plain.split('.').map((part) => hex(Number(part), 2));
  const word = (isLittle ? bytes.reverse() : bytes).join('');
  const mapped = `${'0'.repeat(16)}${isLittle ? 'FFFF0000' : '0000FFFF'}`;
  return [`${word}:${hex(port, 4)}`, `${mapped}${word}:${hex(port, 4)}`];
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

let running: Promise<string | undefined> | undefined;
let next: Promise<string | undefined> | undefined;

/**
 * Both lists, as of now; undefined where this system shows none. However many ask at once: one read runs, and all that
 * came since it began share the next.
 */
function freshList(): Promise<string | undefined> {
  if (running === undefined) return begin();
  next ??= running.then(() => {
    next = undefined;
    return begin();
  });
  return next;
}

function begin(): Promise<string | undefined> {
  const reading: Promise<string | undefined> = readLists().finally(() => {
    if (running === reading) running = undefined;
  });
  running = reading;
  return reading;
}

async function readLists(): Promise<string | undefined> {
  const read = (name: string) => readFile(`/proc/net/${name}`, 'latin1').catch(() => undefined);
  const [four, six] = await Promise.all([read('tcp'), read('tcp6')]);
  return four === undefined ? undefined : `${four}\n${six ?? ''}`;
}
