/** Looking for secrets in everything that the product wrote, printed, answered or was started with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What must not be seen: what it is, to the text itself. */
export type Secrets = Map<string, string>;
/** Where it was looked for: a name, to the text found there. */
export type Places = Map<string, string>;

/** Every secret in every place, as it is and in the ways it is usually wrapped. */
export function leaks(secrets: Secrets, places: Places): readonly string[] {
  const found: string[] = [];
  for (const [what, secret] of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret), ...inBase64(secret)])) {
      for (const [where, text] of places) if (text.includes(form)) found.push(`${what} in ${where}`);
    }
  }
  return found;
}

/** As it looks inside a longer text in base64 or base64url: three alignments, without the characters that neighbours share. */
function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString('base64url');
    const whole = text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + secret.length) * 4) / 3));
    return [whole, whole.replaceAll('-', '+').replaceAll('_', '/')];
  });
}

export function filesIn(folder: string): Places {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => [entry.name, readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'latin1')]),
  );
}

/** How processes were started, as every other process of the same user can read it. */
export function processesOf(name: string, pids: readonly number[]): Places {
  return new Map(
    pids.flatMap((pid) =>
      ['cmdline', 'environ'].map(
        (file) => [`${file} of the ${name}`, readFileSync(`/proc/${pid}/${file}`, 'utf8')] as const,
      ),
    ),
  );
}
