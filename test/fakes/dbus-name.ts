/**
 * Takes a name on a D-Bus and never answers what is sent to it: a prompter whose prompt nobody answers.
 * Just enough of the D-Bus wire protocol for two method calls.
 */
import { createConnection } from 'node:net';
import { aligned, field, signature, text, uint32 } from './dbus-wire.ts';

const bus = 'org.freedesktop.DBus';

/** Resolves, once the bus has said that the name is ours, with the function that gives it back. */
export function ownBusName(socketPath: string, name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const uid = Buffer.from(String(process.getuid?.())).toString('hex');
    let answer = Buffer.alloc(0);
    let begun = false;
    socket.once('error', reject);
    socket.once('connect', () => socket.write(`\0AUTH EXTERNAL ${uid}\r\n`));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (!begun && answer.includes('\r\n')) {
        begun = true;
        socket.write('BEGIN\r\n');
        socket.write(call(1, 'Hello'));
        socket.write(call(2, 'RequestName', name));
      }
      // The bus tells the new owner by this signal, before its reply.
      if (answer.includes('NameAcquired') && answer.includes(name)) resolve(() => socket.destroy());
    });
  });
}

function call(serial: number, member: string, name?: string): Buffer {
  const body = name === undefined ? Buffer.alloc(0) : Buffer.concat([aligned(text(name), 4), uint32(4)]);
  const fields: Buffer[] = [
    field(1, 'o', text('/org/freedesktop/DBus')),
    field(2, 's', text(bus)),
    field(3, 's', text(member)),
    field(6, 's', text(bus)),
  ];
  if (name !== undefined) fields.push(field(8, 'g', signature('su')));
  // Every field but the last is padded to 8; the length counts no padding after the last one.
  const list = Buffer.concat(fields.map((entry, index) => (index === fields.length - 1 ? entry : aligned(entry, 8))));
  const fixed = Buffer.concat([Buffer.from('l\x01\x00\x01', 'latin1'), uint32(body.length), uint32(serial)]);
  return Buffer.concat([aligned(Buffer.concat([fixed, uint32(list.length), list]), 8), body]);
}
