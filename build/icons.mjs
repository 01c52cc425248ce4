/**
 * `node build/icons.mjs`: draws the pictures of build/icons/ from their SVG sources with the Chromium of this machine.
 * The results are committed, so that nobody needs this who does not change a source.
 *
 *   app/<n>x<n>.png, icon.ico, icon.icns     the app
 *   tray/<state>-on-light-<n>.png, -on-dark-  the tray on Linux (16, 22, 24, each with @2x), for light and dark panels
 *   tray/<state>-on-light.ico, -on-dark.ico   the tray on Windows
 *   tray/<state>Template.png                  the tray on macOS (16 and @2x), black and alpha
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root, say } from './lib.mjs';
import { browser } from './parts.mjs';

const folder = join(root, 'build/icons');
const appSizes = [16, 22, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Below this, strokes have to be heavier to be seen. */
const smallBelow = 48;
const icoSizes = [16, 20, 24, 32, 40, 48, 64, 256];

export const trayStates = ['normal', 'attention', 'paused'];
/** Ink of each kind of panel; the second one is for what asks for the person. */
const panels = [
  { name: 'on-light', ink: '#2b3133', urgent: '#a34700' },
  { name: 'on-dark', ink: '#f4f6f6', urgent: '#ffbe6b' },
];

/** macOS wants air round its tiles: 824 of 1024. */
const macViewBox = '-74.5 -74.5 1173 1173';

/** Type of an icon file's entry → its size. Each holds a PNG. */
const icnsTypes = /** @type {const} */ ([
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]);

/** @typedef {(svg: string, size: number, ink?: string) => Promise<Buffer>} Draw */

/** @param {string} name */
const source = (name) => readFileSync(join(folder, `${name}.svg`), 'utf8');

/** @param {number} size */
const appSource = (size) => source(size < smallBelow ? 'app-small' : 'app');

/**
 * @param {string} name inside build/icons/
 * @param {Buffer} content
 */
function put(name, content) {
  writeFileSync(join(folder, name), content);
}

/** @param {Draw} draw */
async function drawApp(draw) {
  for (const size of appSizes) put(`app/${size}x${size}.png`, await draw(appSource(size), size));
  put('icon.ico', ico(await all(icoSizes, (size) => draw(appSource(size), size))));
  const mac = source('app').replace('viewBox="0 0 1024 1024"', `viewBox="${macViewBox}"`);
  const entries = await all(icnsTypes, async ([type, size]) => ({
    type,
    png: await draw(size < smallBelow ? source('app-small') : mac, size),
  }));
  put('icon.icns', icns(entries));
}

/** @param {Draw} draw */
async function drawTray(draw) {
  for (const state of trayStates) {
    const svg = source(`tray-${state}`);
    for (const panel of panels) {
      const ink = state === 'attention' ? panel.urgent : panel.ink;
      const name = `tray/${state}-${panel.name}`;
      for (const size of [16, 22, 24]) {
        put(`${name}-${size}.png`, await draw(svg, size, ink));
        put(`${name}-${size}@2x.png`, await draw(svg, size * 2, ink));
      }
      put(
        `${name}.ico`,
        ico(
          await all(
            icoSizes.filter((size) => size <= 48),
            (size) => draw(svg, size, ink),
          ),
        ),
      );
    }
    put(`tray/${state}Template.png`, await draw(svg, 16, '#000'));
    put(`tray/${state}Template@2x.png`, await draw(svg, 32, '#000'));
  }
}

/**
 * A Windows icon file: header, one entry per picture, the PNGs.
 * @param {readonly Buffer[]} pngs
 */
export function ico(pngs) {
  const head = Buffer.alloc(6 + 16 * pngs.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pngs.length, 4);
  let offset = head.length;
  for (const [index, png] of pngs.entries()) {
    const entry = 6 + 16 * index;
    // A PNG says its width at byte 16; 256 is written as 0.
    head.writeUInt8(png.readUInt32BE(16) % 256, entry);
    head.writeUInt8(png.readUInt32BE(20) % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...pngs]);
}

/**
 * A macOS icon file.
 * @param {readonly { type: string, png: Buffer }[]} entries
 */
export function icns(entries) {
  const parts = entries.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'ascii');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 'ascii');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

/**
 * One after the other: there is one page to draw on.
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<R>} make
 */
async function all(items, make) {
  /** @type {R[]} */
  const made = [];
  for (const item of items) made.push(await make(item));
  return made;
}

async function main() {
  const executablePath = browser();
  if (!executablePath) throw new Error('No Chromium or Chrome was found: apt-get install chromium');
  const { chromium } = await import('@playwright/test');
  const started = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    const page = await started.newPage();
    for (const name of ['app', 'tray']) {
      rmSync(join(folder, name), { recursive: true, force: true });
      mkdirSync(join(folder, name), { recursive: true });
    }
    /** @type {Draw} */
    const draw = async (svg, size, ink = '#000') => {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<style>body{margin:0;color:${ink}}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
      );
      return page.screenshot({ omitBackground: true });
    };
    await drawApp(draw);
    await drawTray(draw);
  } finally {
    await started.close();
  }
  say('Drew build/icons/.');
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
