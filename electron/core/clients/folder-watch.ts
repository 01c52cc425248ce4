/**
 * Files told by what happens in their folders: programs replace their settings by a rename, which nobody who watches the
 * file itself would see. Where a folder cannot be watched, nothing is told; whoever wants to know looks now and then.
 */
import { type FSWatcher, watch } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

export interface FolderWatch {
  /** These files from now on, and no others. */
  follow(paths: readonly string[]): Promise<void>;
  close(): void;
}

/** `touched` is called for every sign of a change, often several times for one. Keeps no process alive. */
export function watchFolders(touched: (path: string) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  /** Folder → name in it → the paths that are meant by that. */
  let meant = new Map<string, Map<string, Set<string>>>();
  let isClosed = false;

  const stop = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const start = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        for (const [file, paths] of meant.get(folder) ?? []) {
          // Some systems do not tell the name.
          if (name === null || name === file) for (const path of paths) touched(path);
        }
      });
      // The folder is gone, or the system watches no more.
      watcher.on('error', () => stop(folder));
      watchers.set(folder, watcher);
    } catch {
      // Looked at now and then all the same.
    }
  };

  return {
    async follow(paths) {
      const next = new Map<string, Map<string, Set<string>>>();
      for (const path of paths) {
        // Where its links lead as well: there the content changes.
        const real = await realpath(path).catch(() => path);
        for (const place of new Set([path, real])) {
          const files = next.get(dirname(place)) ?? new Map<string, Set<string>>();
          files.set(basename(place), (files.get(basename(place)) ?? new Set()).add(path));
          next.set(dirname(place), files);
        }
      }
      if (isClosed) return;
      meant = next;
      for (const folder of [...watchers.keys()]) if (!next.has(folder)) stop(folder);
      for (const folder of next.keys()) if (!watchers.has(folder)) start(folder);
    },
    close() {
      isClosed = true;
      for (const folder of [...watchers.keys()]) stop(folder);
    },
  };
}
