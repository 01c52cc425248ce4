/**
 * A desktop's notification server on a session bus (org.freedesktop.Notifications): it keeps what it is asked to show,
 * and a test clicks it as a person does.
 */
import { createConnection, type Socket } from 'node:net';
import { aligned, field, signature, text, uint32 } from './dbus-wire.ts';

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

export interface NotificationServer {
  readonly shown: readonly ShownNotification[];
  /** The person clicks it. */
  click(id: number): void;
  stop(): void;
}

const name = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';
const bus = 'org.freedesktop.DBus';

export function startNotificationServer(busAddress: string): Promise<NotificationServer> {
  const socket = createConnection(busAddress.replace(/^unix:path=/, ''));
  const shown: ShownNotification[] = [];
  let serial = 10;
  let pending = Buffer.alloc(0);
  let begun = false;

  const answer = (to: Message): Buffer => {
    switch (to.member) {
      case 'GetCapabilities':
        return listOfTexts(['actions', 'body']);
      case 'GetServerInformation':
        return texts('test', 'test', '1', '1.2');
      case 'Notify': {
        const id = shown.length + 1;
        const [, , title = '', body = ''] = notifyTexts(to.body);
        shown.push({ id, title, body });
        return uint32(id);
      }
      default:
        return Buffer.alloc(0);
    }
  };
  const types: Record<string, string> = { GetCapabilities: 'as', GetServerInformation: 'ssss', Notify: 'u' };

  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      const uid = Buffer.from(String(process.getuid?.())).toString('hex');
      socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    });
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      if (!begun) {
        const end = pending.indexOf('\r\n');
        if (end < 0) return;
        pending = pending.subarray(end + 2);
        begun = true;
        socket.write('BEGIN\r\n');
        send(socket, { type: 1, serial: 1, to: bus, path: '/org/freedesktop/DBus', interface: bus, member: 'Hello' });
        const request = { type: 1, serial: 2, to: bus, path: '/org/freedesktop/DBus', interface: bus } as const;
        const body = Buffer.concat([aligned(text(name), 4), uint32(4)]);
        send(socket, { ...request, member: 'RequestName', types: 'su', body });
      }
      for (let message = next(); message; message = next()) {
        if (message.type === 2 && message.replyTo === 2) resolve({ shown, click, stop: () => socket.destroy() });
        if (message.type !== 1) continue;
        const body = answer(message);
        const reply = { type: 2, serial: serial++, to: message.sender, replyTo: message.serial } as const;
        send(socket, { ...reply, body, types: types[message.member] ?? '' });
      }
    });

    function next(): Message | undefined {
      const message = read(pending);
      if (message) pending = pending.subarray(message.length);
      return message;
    }
    function click(id: number): void {
      const signal = { type: 4, path, interface: name } as const;
      const action = Buffer.concat([uint32(id), text('default')]);
      send(socket, { ...signal, serial: serial++, member: 'ActionInvoked', types: 'us', body: action });
      const closed = Buffer.concat([uint32(id), uint32(2)]);
      send(socket, { ...signal, serial: serial++, member: 'NotificationClosed', types: 'uu', body: closed });
    }
  });
}

interface Sent {
  readonly type: 1 | 2 | 4;
  readonly serial: number;
  readonly to?: string;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly replyTo?: number;
  readonly types?: string;
  readonly body?: Buffer;
}

function send(socket: Socket, message: Sent): void {
  const fields = [
    ...(message.path ? [field(1, 'o', text(message.path))] : []),
    ...(message.interface ? [field(2, 's', text(message.interface))] : []),
    ...(message.member ? [field(3, 's', text(message.member))] : []),
    ...(message.replyTo === undefined ? [] : [field(5, 'u', uint32(message.replyTo))]),
    ...(message.to ? [field(6, 's', text(message.to))] : []),
    ...(message.types ? [field(8, 'g', signature(message.types))] : []),
  ];
  const body = message.types ? (message.body ?? Buffer.alloc(0)) : Buffer.alloc(0);
  const list = Buffer.concat(fields.map((entry, index) => (index === fields.length - 1 ? entry : aligned(entry, 8))));
  const fixed = Buffer.concat([Buffer.from([0x6c, message.type, 0, 1]), uint32(body.length), uint32(message.serial)]);
  socket.write(Buffer.concat([aligned(Buffer.concat([fixed, uint32(list.length), list]), 8), body]));
}

interface Message {
  readonly type: number;
  readonly serial: number;
  readonly member: string;
  readonly sender: string;
  readonly replyTo: number | undefined;
  readonly body: Buffer;
  /** Of the whole message, in bytes. */
  readonly length: number;
}

/** The first whole message. Its header holds fields of a code, a one-letter type and a value, each at a multiple of 8. */
function read(bytes: Buffer): Message | undefined {
  if (bytes.length < 16) return undefined;
  const bodyLength = bytes.readUInt32LE(4);
  const fieldsEnd = 16 + bytes.readUInt32LE(12);
  const bodyAt = Math.ceil(fieldsEnd / 8) * 8;
  if (bytes.length < bodyAt + bodyLength) return undefined;
  const found = new Map<number, string | number>();
  for (let at = 16; at < fieldsEnd; at = Math.ceil(at / 8) * 8) {
    const code = bytes.readUInt8(at);
    const type = bytes.toString('latin1', at + 2, at + 3);
    // Behind the code: the type's length, the type, a zero.
    at += 4;
    if (type === 'u') {
      found.set(code, bytes.readUInt32LE(at));
      at += 4;
    } else {
      const wide = type === 'g' ? 1 : 4;
      const length = wide === 1 ? bytes.readUInt8(at) : bytes.readUInt32LE(at);
      found.set(code, bytes.toString('utf8', at + wide, at + wide + length));
      at += wide + length + 1;
    }
  }
  const replyTo = found.get(5);
  return {
    type: bytes.readUInt8(1),
    serial: bytes.readUInt32LE(8),
    member: String(found.get(3) ?? ''),
    sender: String(found.get(7) ?? ''),
    replyTo: typeof replyTo === 'number' ? replyTo : undefined,
    body: Buffer.from(bytes.subarray(bodyAt, bodyAt + bodyLength)),
    length: bodyAt + bodyLength,
  };
}

/** The texts of Notify's arguments: app, (id), icon, title, body. */
function notifyTexts(body: Buffer): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (const type of 'susss') {
    at = Math.ceil(at / 4) * 4;
    const length = body.readUInt32LE(at);
    if (type === 's') found.push(body.toString('utf8', at + 4, at + 4 + length));
    at += type === 's' ? 4 + length + 1 : 4;
  }
  return found;
}

const texts = (...all: readonly string[]) =>
  Buffer.concat(all.map((one, index) => (index === all.length - 1 ? text(one) : aligned(text(one), 4))));

function listOfTexts(all: readonly string[]): Buffer {
  const inside = texts(...all);
  return Buffer.concat([uint32(inside.length), inside]);
}
