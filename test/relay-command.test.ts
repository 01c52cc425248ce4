import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtRelay, programPlace, relayCommand } from '../electron/relay-command.ts';

const linux = { platform: 'linux', homedir: '/home/ana', env: {} };

describe('what an assistant is given to start', () => {
  it('is two absolute paths, and the data folder only where a relay would not find it', () => {
    expect(relayCommand('/usr/bin/node', '/home/ana/.config/Conexor/bin/relay.cjs', linux)).toEqual([
      '/usr/bin/node',
      '/home/ana/.config/Conexor/bin/relay.cjs',
    ]);
    expect(relayCommand('/n', '/r', { ...linux, dataDir: '/data' })).toEqual(['/n', '/r', '--data', '/data']);
    expect(relayCommand('/n', '/r', { ...linux, dataDir: '/home/ana/.config/Conexor' })).toEqual(['/n', '/r']);
  });

  it('names a folder that only a variable of ours names, for hosts start their servers without it', () => {
    const env = { XDG_CONFIG_HOME: '/elsewhere' };
    expect(relayCommand('/n', '/r', { ...linux, env }).slice(2)).toEqual(['--data', '/elsewhere/Conexor']);
    const windows = { platform: 'win32', homedir: 'C:/Users/ana', env: { APPDATA: '/roaming' } };
    expect(relayCommand('/n', '/r', windows)).toEqual(['/n', '/r']);
  });

  it('is taken from outside the archive of a package, whose programs only the app itself can start', () => {
    const packed = join('/opt/resources', 'app.asar', 'dist');
    expect(builtRelay(packed)).toBe(join('/opt/resources', 'app.asar.unpacked', 'dist', 'relay.cjs'));
    expect(programPlace(packed, ['/opt/conexor', '--hidden'])).toEqual({ app: ['/opt/conexor', '--hidden'] });
    const plain = join('/opt', 'conexor', 'dist');
    expect(builtRelay(plain)).toBe(join(plain, 'relay.cjs'));
    expect(programPlace(plain, [])).toEqual({ headless: join(plain, 'headless.mjs') });
  });
});
