import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { relayCommand } from '../electron/relay-command.ts';

describe('what an assistant is given to start', () => {
  it('is the relay beside the program, over the same data folder', () => {
    expect(relayCommand(join('/opt', 'conexor', 'dist'), undefined)).toEqual([
      'node',
      join('/opt/conexor/dist/relay.cjs'),
    ]);
    expect(relayCommand('/opt/dist', '/data').slice(2)).toEqual(['--data', '/data']);
  });

  it('is outside the archive of a package', () => {
    expect(relayCommand(join('/opt/resources', 'app.asar', 'dist'), undefined)[1]).toBe(
      join('/opt/resources', 'app.asar.unpacked', 'dist', 'relay.cjs'),
    );
  });
});
