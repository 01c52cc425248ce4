import { describe, expect, it } from 'vitest';
import { dataDirOf, socketPath } from '../../../electron/core/bridge/socket-path.ts';

const linux = { env: {}, platform: 'linux', homedir: '/home/ada' };

describe('where the data folder and the socket are', () => {
  it.each([
    [linux, '/home/ada/.config/Conexor'],
    [{ ...linux, env: { XDG_CONFIG_HOME: '/cfg' } }, '/cfg/Conexor'],
    [{ ...linux, env: { XDG_CONFIG_HOME: 'relative' } }, '/home/ada/.config/Conexor'],
    [{ ...linux, platform: 'darwin' }, '/home/ada/Library/Application Support/Conexor'],
    [{ ...linux, dataDir: '/srv/x/' }, '/srv/x'],
  ])('%j: %s', (surroundings, expected) => expect(dataDirOf(surroundings)).toBe(expected));

  it('the socket is beside the vault, whatever else the surroundings say: one vault, one broker', () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/7' };
    expect(socketPath(linux)).toBe('/home/ada/.config/Conexor/broker.sock');
    expect(socketPath({ ...linux, env })).toBe(socketPath(linux));
    expect(socketPath({ ...linux, env, dataDir: '/srv/x' })).toBe('/srv/x/broker.sock');
  });

  it('on Windows it is a pipe, another for another person or folder', () => {
    const windows = {
      env: { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' },
      platform: 'win32',
      homedir: 'C:\\Users\\ada',
    };
    const other = { ...windows, env: { APPDATA: 'C:\\Users\\bob\\AppData\\Roaming' } };
    expect(socketPath(windows)).toMatch(/^\\\\\.\\pipe\\conexor-desktop-[0-9a-f]{16}$/);
    expect(socketPath(windows)).not.toBe(socketPath(other));
  });

  it('a path too long for a socket is said in words', () => {
    expect(() => socketPath({ ...linux, dataDir: `/${'é'.repeat(50)}` })).toThrow(/too long a path.*shorter/);
    expect(socketPath({ ...linux, dataDir: `/${'x'.repeat(91)}` })).toHaveLength(104);
  });
});
