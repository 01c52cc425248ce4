/**
 * Whether a program that comes under a known name is the one that had it, moved by an update at most. Pure.
 *
 * The rule, in the order in which it decides:
 * 1. Two signers that differ (nobody is one as well) are two programs, wherever they lie.
 * 2. The same path is the same program.
 * 3. The same signer and the same file name (version numbers aside) are the same program, wherever it lies.
 * 4. The same folders, of which at least one is named after a version, and only versions differ: an update.
 * Everything else is another program. A false question after an unusual update is better than a silent takeover.
 */

export interface ProgramOrigin {
  readonly path: string;
  /** Who signed it; empty: the system says that nobody has. Undefined: it does not say, or not yet. */
  readonly signer?: string;
}

export function isSameProgram(known: ProgramOrigin, now: ProgramOrigin): boolean {
  const bothTell = known.signer !== undefined && now.signer !== undefined;
  if (bothTell && known.signer !== now.signer) return false;
  const [before, after] = [partsOf(known.path), partsOf(now.path)];
  if (before.join('/') === after.join('/')) return true;
  if (bothTell && known.signer !== '' && shapeOf(before.at(-1) ?? '') === shapeOf(after.at(-1) ?? '')) return true;
  if (before.length !== after.length) return false;
  return before.every((part, at) => {
    const other = after[at] ?? '';
    return part === other || isNewVersion(before, after, at);
  });
}

/** Upper and lower case are alike on Windows; elsewhere the system tells a path as it was written. */
function partsOf(path: string): readonly string[] {
  const isWindows = /^([A-Za-z]:|\\\\)/.test(path);
  return (isWindows ? path.toLowerCase().split(/[\\/]+/) : path.split('/')).filter((part) => part !== '');
}

/** `1.2.3`, `v22.1.0`, `app-1.2.3`, `Claude_1.1.3647.0_x64__pzs8`, `tool-0.4.1-linux-x64`. */
const version = /\d+(\.\d+)+(-(alpha|beta|rc|pre)[\d.]*)?/g;
/** A commit, as in `~/.vscode-server/bin/<commit>`. */
const commit = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/g;

function shapeOf(part: string): string {
  return part.replace(version, '*').replace(commit, '*');
}

function isNewVersion(before: readonly string[], after: readonly string[], at: number): boolean {
  const [part = '', other = ''] = [before[at], after[at]];
  const shape = shapeOf(part);
  if (shape !== part && shape === shapeOf(other)) return true;
  // `/snap/<name>/<revision>/…`; `/nix/store/<digest>-<name>-<version>/…`.
  if (at === 2 && before[0] === 'snap') return /^x?\d+$/.test(part) && /^x?\d+$/.test(other);
  if (at !== 2 || before[0] !== 'nix' || before[1] !== 'store') return false;
  const [own, others] = [part, other].map((one) => shapeOf(one.replace(/^[0-9a-z]{32}-/, '*-')));
  return own === others && own?.startsWith('*-') === true;
}
