/**
 * Which tools only read, by what the service says of them (MCP, tool annotations). Learnt from every list of tools that
 * passes, per connection and account; where no program has asked for one, asked for by ourselves, once and not for long.
 */
import type { Access } from '../broker/broker.ts';
import { isObject, parseJson } from './message.ts';

/** What one account's lists have said: name of a tool → whether it only reads. */
export interface ToolHints {
  readonly reads: Map<string, boolean>;
  /** Our own question: when it was put, and the end of the time that anybody waits for it. */
  asked: { readonly atMs: number; readonly inTime: Promise<void> } | undefined;
}

export interface ToolHintsNeeds {
  readonly now: () => number;
  /** What the bridge knows of this access's account. */
  readonly of: (access: Access) => ToolHints;
  /** Asks the service, as this very account. */
  readonly list: (access: Access) => Promise<readonly { readonly name: string; readonly readOnly: boolean }[]>;
}

/** A call waits no longer than this for what is only said about it. */
const waitMs = 2_000;
/** A service that could not say it, or does not know the tool, is not asked again before. */
const pauseMs = 60_000;
const mostTools = 10_000;

/** The tools as one conversation knows them. */
export class KnownTools {
  readonly #needs: ToolHintsNeeds;
  /** What the host itself was told last, perhaps as another account: by this it chose its tool. */
  #listed: ToolHints | undefined;

  constructor(needs: ToolHintsNeeds) {
    this.#needs = needs;
  }

  /** An answer to the host's own `tools/list`. */
  listed(access: Access, answer: Buffer): void {
    const hints = this.#needs.of(access);
    const message = parseJson(answer);
    const result = isObject(message) ? message['result'] : undefined;
    if (!isObject(result) || !Array.isArray(result['tools'])) return;
    for (const tool of result['tools'].slice(0, mostTools)) {
      if (!isObject(tool) || typeof tool['name'] !== 'string') continue;
      const annotations = tool['annotations'];
      remember(hints, tool['name'], isObject(annotations) && annotations['readOnlyHint'] === true);
    }
    this.#listed = hints;
  }

  /** Whether this tool is known to read only; not, where that cannot be found out. Never throws. */
  async onlyReads(access: Access, tool: string): Promise<boolean> {
    const hints = this.#needs.of(access);
    const known = hints.reads.get(tool) ?? this.#listed?.reads.get(tool);
    if (known !== undefined) return known;
    const { now } = this.#needs;
    // A clock that was set back makes it a question of the future, which none is.
    if (!hints.asked || now() < hints.asked.atMs || now() - hints.asked.atMs > pauseMs) {
      hints.asked = { atMs: now(), inTime: this.#ask(hints, access) };
    }
    await hints.asked.inTime;
    return hints.reads.get(tool) ?? false;
  }

  /** Resolves when it is known or has taken too long; an answer that comes later is remembered all the same. */
  #ask(hints: ToolHints, access: Access): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#needs
        .list(access)
        .then((tools) => {
          for (const { name, readOnly } of tools) remember(hints, name, readOnly);
        })
        .catch(() => undefined)
        .finally(() => {
          clearTimeout(timer);
          resolve();
        });
    });
  }
}

function remember({ reads }: ToolHints, tool: string, onlyReads: boolean): void {
  if (reads.size >= mostTools && !reads.has(tool)) reads.clear();
  reads.set(tool, onlyReads);
}
