/**
 * Journey 6 of PRODUCT.md: a change that is asked for right after a switch of account says first with which account it
 * would be made. It is answered in words instead of being carried out; the same change asked for again goes on, and with
 * it the account is known. Reading is never held up.
 */
import { createHash } from 'node:crypto';
import type { Access } from '../broker/broker.ts';
import { type HostRequest, isObject } from './message.ts';
import { toolText } from './stand-in.ts';

export interface SwitchNoticeNeeds {
  /** Whether this tool is known to read only, for this access's account. Never rejects. */
  onlyReads(access: Access, tool: string): Promise<boolean>;
}

export interface NoticedCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** Of changes that were held; a host that makes ever new ones is told of the oldest again. */
const mostHeld = 1_000;

export class SwitchNotice {
  readonly #needs: SwitchNoticeNeeds;
  /** With whom this conversation met the service first, or the account that it was told of since. */
  #known: string | undefined;
  /** The account whose changes are held, and those that were. */
  #told: string | undefined;
  readonly #held = new Set<string>();

  constructor(needs: SwitchNoticeNeeds) {
    this.#needs = needs;
  }

  /** The conversation reaches the service with this account: one that it meets first is no switch. */
  met(accountId: string | undefined): void {
    this.#known ??= accountId;
  }

  /**
   * The whole answer in place of the call; undefined at once where there was no switch, which is nearly always. To be
   * asked with the access that the call would be sent with, every time that it would be sent.
   */
  instead(request: HostRequest, access: Access): undefined | Promise<object | undefined> {
    const call = request.method === 'tools/call' ? callIn(request) : undefined;
    return this.words(call, access)?.then((text) => {
      if (text === undefined) return undefined;
      const complete = request.modernVersion === undefined ? {} : { resultType: 'complete' };
      return { jsonrpc: '2.0', id: request.id, result: { ...complete, ...toolText(text, true) } };
    });
  }

  /** As `instead`, in words. `call` is undefined for what is no call of a tool, and never held. */
  words(call: NoticedCall | undefined, access: Access): undefined | Promise<string | undefined> {
    const { accountId } = access;
    this.met(accountId);
    if (accountId === this.#known) {
      // Back again: what was held for the other account is to be held anew when it comes to that.
      if (this.#told !== undefined) this.#forget(undefined);
      return undefined;
    }
    if (call === undefined || accountId === undefined) return undefined;
    if (accountId !== this.#told) this.#forget(accountId);
    const change = changeIn(call);
    if (!this.#held.has(change)) return this.#ask(call.name, access, accountId, change);
    this.#known = accountId;
    this.#forget(undefined);
    return undefined;
  }

  #forget(told: string | undefined): void {
    this.#told = told;
    this.#held.clear();
  }

  async #ask(tool: string, access: Access, accountId: string, change: string): Promise<string | undefined> {
    if (await this.#needs.onlyReads(access, tool)) return undefined;
    // What was known or switched while we asked holds this one as well: nobody was told of it yet.
    if (this.#told === accountId && this.#known !== accountId) this.#hold(change);
    const account = access.accountLabel ?? accountId;
    return `${tool} was not carried out yet: the account was switched in Conexor since the last call. It would now be done as ${account}. If that is what the person wants, call ${tool} again; otherwise ask them to switch back in Conexor.`;
  }

  #hold(change: string): void {
    const [oldest] = this.#held;
    if (this.#held.size >= mostHeld && oldest !== undefined) this.#held.delete(oldest);
    this.#held.add(change);
  }
}

function callIn({ params }: HostRequest): NoticedCall {
  return { name: String(params?.['name'] ?? ''), arguments: params?.['arguments'] };
}

/** The same for the same tool with the same arguments, in whatever order they are written. Nothing of them is kept. */
function changeIn({ name, arguments: input }: NoticedCall): string {
  const hash = createHash('sha256');
  try {
    return hash.update(`${JSON.stringify(name)} ${JSON.stringify(input ?? {}, inOrder)}`).digest('base64');
  } catch {
    // Nested so deep that it can be read but not written.
    return hash.update(JSON.stringify(name)).digest('base64');
  }
}

function inOrder(_: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
