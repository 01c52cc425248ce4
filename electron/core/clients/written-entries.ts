/** What Conexor wrote into other programs' settings, so that it can take out exactly that. No secret is among it. */
import type { ClientId } from '../../../shared/clients.ts';

export interface WrittenEntry {
  readonly client: ClientId;
  readonly path: string;
  readonly name: string;
  /** Without it, it serves all. */
  readonly connection?: string | undefined;
  /** What stands below the name. */
  readonly value: object;
  readonly writtenAtMs: number;
}
