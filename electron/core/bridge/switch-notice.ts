/**
 * Journey 6 of PRODUCT.md: a change that is asked for right after a switch of account says first with which account it
 * would be made. The first such call of a conversation is answered in words instead of being carried out; asked for
 * again, it goes on. Reading is never held up.
 */
import type { HostRequest } from './message.ts';
import { toolText } from './stand-in.ts';

export interface SwitchNoticeNeeds {
  /** The account that the next call would use, and what it is called; undefined while there is none. */
  account(): { readonly id: string; readonly label: string } | undefined;
  /** Whether the service says of this tool that it only reads. Rejects where that cannot be found out. */
  onlyReads(tool: string): Promise<boolean>;
}

export class SwitchNotice {
  readonly #needs: SwitchNoticeNeeds;
  /** The account of this conversation's last call, or the one that it was told of since. */
  #known: string | undefined;

  constructor(needs: SwitchNoticeNeeds) {
    this.#needs = needs;
  }

  /** The whole answer in place of the call; undefined at once where there was no switch, which is nearly always. */
  instead(request: HostRequest): undefined | Promise<object | undefined> {
    if (request.method !== 'tools/call') return undefined;
    const account = this.#needs.account();
    if (account === undefined || account.id === this.#known) return undefined;
    if (this.#known === undefined) {
      this.#known = account.id;
      return undefined;
    }
    return this.#ask(request, account);
  }

  async #ask(
    request: HostRequest,
    account: { readonly id: string; readonly label: string },
  ): Promise<object | undefined> {
    const tool = String(request.params?.['name'] ?? '');
    if (await this.#needs.onlyReads(tool).catch(() => false)) return undefined;
    this.#known = account.id;
    const complete = request.modernVersion === undefined ? {} : { resultType: 'complete' };
    const text = `${tool} was not carried out yet: the account was switched in Conexor since the last call. It would now be done as ${account.label}. If that is what the person wants, call ${tool} again; otherwise ask them to switch back in Conexor.`;
    return { jsonrpc: '2.0', id: request.id, result: { ...complete, ...toolText(text, true) } };
  }
}
