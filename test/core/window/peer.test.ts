/** Whose a connection is, by the lists of a Linux system: as they are written there, and by a real connection. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isOwnPeer, ownerOf } from '../../../electron/core/window/peer.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
  '   0: 0100007F:1234 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5 1 0 100 0 0 10 0\n';
const line = (places: string, state: string, uid: number, inode: number) =>
  `${head}   1: ${places} ${state} 00000000:00000000 02:000AFC80 00000000 ${String(uid).padStart(5)}        0 ${inode} 2 0\n`;
const ends = { remoteAddress: '127.0.0.1', remotePort: 0xabcd, localAddress: '127.0.0.1', localPort: 0x1234 };
const both = '0100007F:ABCD 0100007F:1234';
const mapped = '0000000000000000FFFF0000';

describe.skipIf(endianness() !== 'LE')('a line of the list', () => {
  it.each([
    ['of a user', line(both, '01', 1000, 77), ends, 1000],
    ['of the administrator', line(both, '01', 0, 77), ends, 0],
    ['of a socket that its program closed', line(both, '01', 0, 0), ends, 'nobody'],
    ['of one that is closing', line(both, '05', 1000, 77), ends, 'nobody'],
    ['of one that waits for its end', line(both, '06', 0, 0), ends, 'nobody'],
    ['that is missing', head, ends, undefined],
    ['that is our own end', line('0100007F:1234 0100007F:ABCD', '01', 1000, 77), ends, undefined],
    ['of 127.0.0.2', line('0200007F:ABCD 0100007F:1234', '01', 7, 77), { ...ends, remoteAddress: '127.0.0.2' }, 7],
    ['of another computer', head, { ...ends, remoteAddress: '192.0.2.1' }, undefined],
    ['of no place', line(both, '01', 1000, 77), { ...ends, remoteAddress: undefined }, 'nobody'],
    ['of an IPv6 place', line(both, '01', 1000, 77), { ...ends, remoteAddress: '::1' }, 'nobody'],
    ['of a mapped place', line(`${mapped}0100007F:ABCD ${mapped}0100007F:1234`, '01', 7, 77), ends, 7],
    ['of a mapped end', line(both, '01', 7, 77), { ...ends, remoteAddress: '::ffff:127.0.0.1' }, 7],
    ['that is cut off', `${head}   1: ${both} 01`, ends, 'nobody'],
    ['without a user', `${head}   1: ${both} 01 0:0`, ends, 'nobody'],
  ])('%s', (_, list, of, owner) => {
    expect(ownerOf(list, of)).toBe(owner);
  });
});

it('is our own where both ends are, however many are asked about at once', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted: Socket[] = [];
  const all = new Promise<void>((resolve) => {
    server.on('connection', (socket) => accepted.push(socket) === 20 && resolve());
  });
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
  await all;
  const answers = await Promise.all(accepted.map((socket) => isOwnPeer(socket)));
  expect(new Set(answers)).toEqual(new Set([true]));
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});
