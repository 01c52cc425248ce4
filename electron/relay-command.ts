/** How an MCP client starts the relay that belongs to this program: what a person copies into an assistant's settings. */
import { join, sep } from 'node:path';

/**
 * Word by word, without the client's name and the connection. `dist` is the folder of the programs; in a package the
 * relay lies beside the archive, because `node` cannot look into it.
 */
export function relayCommand(dist: string, ownDataDir: string | undefined): readonly string[] {
  const relay = join(dist, 'relay.cjs').replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  return ['node', relay, ...(ownDataDir === undefined ? [] : ['--data', ownDataDir])];
}
