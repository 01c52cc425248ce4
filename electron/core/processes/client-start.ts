/** When a program's own process started the relay, and whether that listed tools: what "it works" is said by. */
import type { ClientId } from '../../../shared/clients.ts';

/** One process as the system tells of it. */
export interface ProcessSeen {
  readonly pid: number;
  /** The program's file. */
  readonly path: string;
  /** Its own name and, of something that runs other files (node, electron), the file: never a word that may be secret. */
  readonly words: readonly string[];
  /** The file that it was unpacked from for this one run (AppImage). */
  readonly image?: string | undefined;
}

export interface ClientStart {
  /** As the relay was told to call it (`--client`). */
  readonly client: ClientId;
  /**
   * The relay's own process first (a program may run it inside of itself), then who started it, up to eight. Empty where
   * the system does not tell.
   */
  readonly ancestors: readonly ProcessSeen[];
  readonly startedAtMs: number;
  /** It came under that name and is known as another, or runs a relay that is none of ours: it proves nothing. */
  readonly isAnother?: true;
  /** When the first `tools/list` of that conversation was answered with a result. */
  readonly listedAtMs?: number;
}
