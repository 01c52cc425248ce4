/** That every picture is there in its size, and that the tray's states differ by their outline, not by colour alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { icns, ico, trayStates } from '../../build/icons.mjs';
import { root } from '../../build/lib.mjs';

const folder = join(root, 'build/icons');
const read = (name: string) => readFileSync(join(folder, name));
const widthOf = (png: Buffer) => png.readUInt32BE(16);
const pngStart = Buffer.from('89504e470d0a1a0a', 'hex');

describe('the icons', () => {
  it.each(readdirSync(join(folder, 'app')))('app/%s has the size in its name', (name) => {
    const png = read(`app/${name}`);
    expect(png.subarray(0, 8)).toEqual(pngStart);
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}.png`).toBe(name);
  });

  it('the app has every size that packaging asks for', () => {
    const sizes = readdirSync(join(folder, 'app')).map((name) => Number.parseInt(name, 10));
    expect(sizes.sort((a, b) => a - b)).toEqual([16, 22, 24, 32, 48, 64, 128, 256, 512, 1024]);
  });

  it.each(trayStates)('the tray has %s for each panel and scale', (state) => {
    for (const panel of ['on-light', 'on-dark']) {
      for (const size of [16, 22, 24]) {
        expect(widthOf(read(`tray/${state}-${panel}-${size}.png`))).toBe(size);
        expect(widthOf(read(`tray/${state}-${panel}-${size}@2x.png`))).toBe(size * 2);
      }
      expect(picturesOf(read(`tray/${state}-${panel}.ico`)).map(widthOf)).toEqual([16, 20, 24, 32, 40, 48]);
    }
    expect(widthOf(read(`tray/${state}Template.png`))).toBe(16);
    expect(widthOf(read(`tray/${state}Template@2x.png`))).toBe(32);
  });

  it("the tab's picture is the app's small one", () => {
    expect(readFileSync(join(root, 'renderer/favicon.svg'), 'utf8')).toBe(read('app-small.svg').toString('utf8'));
  });

  it('the template is black and alpha', () => {
    for (const state of trayStates) {
      for (const { r, g, b } of pixels(read(`tray/${state}Template.png`)).filter(({ a }) => a > 0)) {
        expect([r, g, b]).toEqual([0, 0, 0]);
      }
    }
  });

  it('the three states differ by their outline', () => {
    const ink = trayStates.map((state) => pixels(read(`tray/${state}Template@2x.png`)).map(({ a }) => a > 127));
    for (const [index, one] of ink.entries()) {
      for (const other of ink.slice(index + 1)) {
        const different = one.filter((dark, at) => dark !== other[at]).length;
        expect(different / one.filter(Boolean).length).toBeGreaterThan(0.2);
      }
    }
  });

  it('an icon file holds what was put in', () => {
    const small = read('app/16x16.png');
    const large = read('app/256x256.png');
    expect(picturesOf(ico([small, large])).map(widthOf)).toEqual([16, 256]);
    const mac = icns([{ type: 'icp4', png: small }]);
    expect(mac.toString('ascii', 0, 4)).toBe('icns');
    expect(mac.readUInt32BE(4)).toBe(mac.length);
    expect(mac.subarray(16)).toEqual(small);
  });
});

/** The PNGs inside a Windows icon file. */
function picturesOf(file: Buffer): Buffer[] {
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + 16 * index;
    const offset = file.readUInt32LE(entry + 12);
    return file.subarray(offset, offset + file.readUInt32LE(entry + 8));
  });
}

/** An RGBA PNG without interlace, as Chromium writes it. */
function pixels(png: Buffer): { r: number; g: number; b: number; a: number }[] {
  const width = widthOf(png);
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('ascii', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * 4;
  let above = new Uint8Array(stride);
  const rows: Uint8Array[] = [];
  for (let at = 0; at < raw.length; at += stride + 1) {
    const filter = raw[at] ?? 0;
    const row = Uint8Array.from(raw.subarray(at + 1, at + 1 + stride));
    for (let x = 0; x < stride; x++) {
      const left = row[x - 4] ?? 0;
      row[x] = (row[x] ?? 0) + predicted(filter, left, above[x] ?? 0, x < 4 ? 0 : (above[x - 4] ?? 0));
    }
    rows.push(row);
    above = row;
  }
  return rows.flatMap((row) =>
    Array.from({ length: width }, (_, x) => {
      const [r = 0, g = 0, b = 0, a = 0] = row.subarray(x * 4, x * 4 + 4);
      return { r, g, b, a };
    }),
  );
}

/** The filters of a PNG's lines (RFC 2083, section 6). */
function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
