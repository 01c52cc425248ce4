/** Word to the host that lists have changed: several changes at once are one, and nothing is said before the host is ready. */
import type { ListChanged } from './host-subscriptions.ts';

/** Long enough for what belongs together; a person does not notice it. */
const gatherMs = 20;
/** A host that is told asks every service: one that tells of changes without end is not to keep all others busy. */
const betweenMs = 500;

export class HostNotices {
  readonly #tell: (method: ListChanged) => void;
  readonly #pending = new Set<ListChanged>();
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #isReady = false;
  #isOver = false;

  constructor(tell: (method: ListChanged) => void) {
    this.#tell = tell;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    if (isReady && this.#pending.size > 0) this.#later();
  }

  changed(methods: readonly ListChanged[]): void {
    for (const method of methods) this.#pending.add(method);
    if (this.#isReady) this.#later();
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #later(): void {
    if (this.#isOver) return;
    const waitMs = Math.max(gatherMs, this.#toldAtMs + betweenMs - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#toldAtMs = performance.now();
      const methods = [...this.#pending];
      this.#pending.clear();
      for (const method of methods) this.#tell(method);
    }, waitMs);
  }
}
