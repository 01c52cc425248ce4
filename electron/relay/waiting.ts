/** What the host says while there is no broker: kept in its order, bounded in number, bytes and time. */
import { type Glance, glance } from './glance.ts';

const maxLines = 1_000;
const maxBytes = 64 * 1024 * 1024;

interface Held {
  readonly line: Buffer;
  readonly seen: readonly Glance[];
  readonly sinceMs: number;
}

export class Waiting {
  #held: Held[] = [];
  #bytes = 0;

  /** False where there is no room. */
  add(line: Buffer, nowMs: number): boolean {
    if (this.#held.length >= maxLines || this.#bytes + line.length > maxBytes) return false;
    // A copy: the line is part of a larger chunk, which would stay with it.
    this.#held.push({ line: Buffer.from(line), seen: glance(line), sinceMs: nowMs });
    this.#bytes += line.length;
    return true;
  }

  /** A request that was cancelled before anybody heard of it. True if it was here. */
  cancel(id: string): boolean {
    const at = this.#held.findIndex(
      ({ seen }) => seen.length === 1 && seen[0]?.kind === 'request' && seen[0].id === id,
    );
    if (at < 0) return false;
    for (const { line } of this.#held.splice(at, 1)) this.#bytes -= line.length;
    return true;
  }

  get asks(): boolean {
    return this.#held.some(({ seen }) => seen.some(({ kind }) => kind === 'request'));
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Since when the one that has waited longest has. */
  get sinceMs(): number | undefined {
    return this.#held[0]?.sinceMs;
  }

  /** All of it, in order. */
  take(): readonly Buffer[] {
    return this.#takeIf(() => true).map(({ line }) => line);
  }

  /** The ids (as JSON) of requests that came by then; they and what came with them are forgotten. */
  giveUp(untilMs: number): readonly string[] {
    const given = this.#takeIf(({ sinceMs }) => sinceMs <= untilMs);
    return given.flatMap(({ seen }) =>
      seen.flatMap(({ kind, id }) => (kind === 'request' && id !== undefined ? [id] : [])),
    );
  }

  #takeIf(wanted: (one: Held) => boolean): readonly Held[] {
    const taken = this.#held.filter(wanted);
    this.#held = this.#held.filter((one) => !wanted(one));
    for (const { line } of taken) this.#bytes -= line.length;
    return taken;
  }
}
