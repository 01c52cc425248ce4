/** Just enough of the D-Bus wire protocol (little endian) to write messages: values, header fields, alignment. */

export function field(code: number, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code]), signature(type), value]);
}

export function text(value: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
}

export function signature(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(`${value}\0`)]);
}

export function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

export function aligned(buffer: Buffer, to: number): Buffer {
  return Buffer.concat([buffer, Buffer.alloc((to - (buffer.length % to)) % to)]);
}
