/** Words of a service's or a program's, made fit to be shown: one line, nothing that steers a terminal or the direction of text. */

const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const allSteering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** What people have to tell apart fits into this; more is somebody's attempt to fill the window. */
export const longestLabel = 100;

/** At most `longest` UTF-16 units, and never half a character. Empty where nothing is left. */
export function oneLine(words: string, longest: number = longestLabel): string {
  // Nearly all names are fine already, and this is on the path of every call.
  const clean = steering.test(words) ? words.replace(allSteering, ' ') : words;
  const trimmed = clean.trim();
  if (trimmed.length <= longest) return trimmed;
  const cut = trimmed.slice(0, longest);
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trimEnd();
}
