/**
 * What one service lists, for one conversation: all pages of it, within bounds of time, pages and size. A service that is
 * slow holds nobody up: what it says later is kept, and the host hears that the list has changed.
 */

import { methodNotFoundCode } from '../fault-answers.ts';
import { isObject, parseJson } from '../message.ts';
import { type ListedItem, type ListKind, listMethods, pageIn } from './listed-items.ts';

/** Nobody waits longer than this for one of several services. */
export const listWaitMs = 2_000;
/** What has not come by then is given up. */
const longestMs = 30_000;
const mostPages = 20;
const mostItems = 1_000;
/** Reading it holds everybody up for a moment. */
const mostBytes = 4 * 1024 * 1024;

export interface ServiceListsNeeds {
  /** The service's answer to a request of ours; undefined where there is none, or where it has too many bytes. */
  readonly ask: (method: string, params: object, signal: AbortSignal, mostBytes: number) => Promise<Buffer | undefined>;
  /** What a host was not told in time, or otherwise, is known now. */
  readonly late: (kind: ListKind) => void;
}

interface List {
  /** What was last heard. */
  items: readonly ListedItem[];
  asking:
    | { readonly answer: Promise<readonly ListedItem[]>; readonly stop: AbortController; missed: boolean }
    | undefined;
}

export class ServiceLists {
  readonly #needs: ServiceListsNeeds;
  readonly #lists = new Map<ListKind, List>();
  #isOver = false;

  constructor(needs: ServiceListsNeeds) {
    this.#needs = needs;
  }

  /** What the service says now; where that takes too long, what it said last. Never throws. */
  async get(kind: ListKind): Promise<readonly ListedItem[]> {
    const list = this.#listOf(kind);
    list.asking ??= this.#begin(kind, list);
    const { asking } = list;
    // Once it was waited for in vain; what it says at last is told.
    if (asking.missed) return list.items;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, listWaitMs, undefined);
    });
    const items = await Promise.race([asking.answer, tooLate]);
    clearTimeout(timer);
    if (items === undefined) asking.missed = true;
    return items ?? list.items;
  }

  /** What is under way may be what the list was before the change. */
  changed(kind: ListKind): void {
    this.#listOf(kind).asking = undefined;
  }

  /** Another account, or none: what was heard is not to be told any more. */
  forget(): void {
    for (const list of this.#lists.values()) list.asking?.stop.abort();
    this.#lists.clear();
  }

  close(): void {
    this.#isOver = true;
    this.forget();
  }

  #listOf(kind: ListKind): List {
    const known = this.#lists.get(kind) ?? { items: [], asking: undefined };
    this.#lists.set(kind, known);
    return known;
  }

  #begin(kind: ListKind, list: List): NonNullable<List['asking']> {
    const stop = new AbortController();
    const asking = { stop, missed: false, answer: this.#all(kind, list, stop.signal).catch(() => list.items) };
    void asking.answer.then((items) => {
      const isCurrent = list.asking === asking && this.#lists.get(kind) === list;
      if (isCurrent) list.asking = undefined;
      const told = list.items;
      if (isCurrent) list.items = items;
      if (isCurrent && asking.missed && !this.#isOver && !isSame(told, items)) this.#needs.late(kind);
    });
    return asking;
  }

  async #all(kind: ListKind, list: List, stop: AbortSignal): Promise<readonly ListedItem[]> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(longestMs)]);
    const found: ListedItem[] = [];
    let cursor: string | undefined;
    let bytes = 0;
    for (let page = 1; page <= mostPages && found.length < mostItems; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const answer = await this.#needs.ask(listMethods[kind], params, signal, mostBytes - bytes);
      const read = answer && pageIn(answer, kind, mostItems - found.length);
      if (!answer || !read) {
        if (page > 1) break;
        // A service that has no such list has none; one that is out of reach for a moment has what it had.
        return answer && isUnknownMethod(answer) ? [] : list.items;
      }
      bytes += answer.length;
      for (const item of read.items) found.push(item);
      if (read.next === undefined || read.next === cursor) break;
      cursor = read.next;
    }
    return found;
  }
}

function isUnknownMethod(answer: Buffer): boolean {
  const message = parseJson(answer);
  const error = isObject(message) ? message['error'] : undefined;
  return isObject(error) && error['code'] === methodNotFoundCode;
}

/** By what they offer: a list that is worded anew each time would be told as changed each time, and asked for again. */
function isSame(some: readonly ListedItem[], others: readonly ListedItem[]): boolean {
  return some.length === others.length && some.every(({ key }, index) => others[index]?.key === key);
}
