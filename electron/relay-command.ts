/**
 * How an MCP client starts the relay that belongs to this program: what is written into an assistant's settings, and
 * what a person copies there. Both paths are absolute: programs start their servers with few variables.
 */
import { join, sep } from 'node:path';
import { dataDirOf, defaultDataDir, type Surroundings } from './core/bridge/socket-path.ts';
import type { BundleSource } from './core/clients/bundle.ts';
import type { ProgramPlace } from './core/clients/relay-place.ts';
import { version } from './version.ts';

/** Word by word, without the client's name and the connection. */
export function relayCommand(node: string, relay: string, surroundings: Surroundings): readonly string[] {
  return [node, relay, ...(isFoundWithoutUs(surroundings) ? [] : ['--data', dataDirOf(surroundings)])];
}

/** Whether a relay finds the data folder by itself: of our variables, hosts pass on APPDATA, and none of XDG's. */
function isFoundWithoutUs(surroundings: Surroundings): boolean {
  const env = surroundings.platform === 'win32' ? surroundings.env : {};
  return dataDirOf(surroundings) === defaultDataDir({ ...surroundings, env });
}

/**
 * The relay as it was built. `dist` is the folder of the programs; in a package the relay lies beside the archive,
 * because `node` cannot look into it.
 */
export function builtRelay(dist: string): string {
  return join(dist, 'relay.cjs').replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
}

/** How a relay starts a broker. `app`: the desktop app's own command, for a package, whose programs no `node` can read. */
export function programPlace(dist: string, app: readonly string[]): ProgramPlace {
  return dist.includes(`app.asar${sep}`) || dist.endsWith('app.asar')
    ? { app }
    : { headless: join(dist, 'headless.mjs') };
}

/** What the bundle for Claude Desktop is made of and where it goes. */
export function bundleSource(dist: string, surroundings: Surroundings): BundleSource {
  return {
    relay: builtRelay(dist),
    icon: join(dist, 'icons', 'bundle.png'),
    version,
    dataDir: dataDirOf(surroundings),
    isFoundWithoutUs: isFoundWithoutUs(surroundings),
  };
}
