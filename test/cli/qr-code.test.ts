/** The picture of an address: whole, where it fits, and only where somebody looks. */
import { expect, it } from 'vitest';
import { qrCode } from '../../electron/cli/qr-code.ts';

const address = 'https://auth.example.com/device?user_code=ABCD-EFGH';
const screen = { isTTY: true, columns: 80, rows: 40 };

it('is drawn with its own colours, a border around it, line by line of one width', () => {
  const lines = qrCode(address, screen, {})?.split('\n') ?? [];
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are told to terminals so.
    expect(line).toMatch(/^\u001b\[97;40m[█▀▄ ]+\u001b\[0m$/);
    expect(line).toHaveLength(lines[0]?.length ?? 0);
  }
  const bare = qrCode(address, screen, { NO_COLOR: '1' }) ?? '';
  expect(bare).toMatch(/^[█▀▄ \n]+$/);
  expect(bare.split('\n')[0]).toMatch(/^█+$/);
});

it('is left out where it would not fit or nobody would see it', () => {
  expect(qrCode(address, { ...screen, columns: 20 }, {})).toBeUndefined();
  expect(qrCode(address, { columns: 80 }, {})).toBeUndefined();
  expect(qrCode(address, screen, { TERM: 'dumb' })).toBeUndefined();
  expect(qrCode(`https://x.example/${'a'.repeat(2_000)}`, screen, {})).toBeUndefined();
});
