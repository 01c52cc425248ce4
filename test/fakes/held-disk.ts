/** A vault whose disk takes as long as a test says: what is written waits, in order, until it is let through. */
import type { Change, Vault } from '../../electron/core/vault/vault.ts';

export interface HeldDisk {
  /** What waits; changes in memory only once it has been let through, as on a real disk. */
  readonly waiting: readonly (readonly Change[])[];
  release(): void;
}

/** From now on. After `release` it is as fast as before. */
export function holdDisk(vault: Vault): HeldDisk {
  const write = vault.write.bind(vault);
  const waiting: (readonly Change[])[] = [];
  let release: () => void = () => undefined;
  let before = new Promise<void>((resolve) => {
    release = resolve;
  });
  vault.write = (changes) => {
    waiting.push(changes);
    const written = before.then(() => write(changes));
    before = written.catch(() => undefined);
    return written;
  };
  return {
    waiting,
    release() {
      vault.write = write;
      release();
    },
  };
}
