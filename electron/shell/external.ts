/**
 * The only way out to the person's own browser: the page of a sign-in that waits at this moment, and a fixed list of
 * help pages. Neither address can come from the window: it names an attempt or a page, never an address.
 */
import { Fault } from '../../shared/faults.ts';
import { type HelpPage, helpAddresses } from '../../shared/help-pages.ts';
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';

export interface ExternalNeeds {
  /** Hands an address to the operating system. */
  readonly open: (address: string) => Promise<void>;
  /** Connections as they are now; undefined before the broker runs. */
  readonly connections: () => readonly ConnectionView[] | undefined;
}

export interface External {
  /** Rejects with `browser-unavailable`; with `address-invalid` where no sign-in waits for such an address. */
  openSignIn(url: URL): Promise<void>;
  /** Rejects with `browser-unavailable`. */
  openHelp(page: HelpPage): Promise<void>;
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

export function createExternal(needs: ExternalNeeds): External {
  const open = (address: string) =>
    needs.open(address).catch((cause: unknown) => {
      throw new Fault('browser-unavailable', { reason: 'the system could not open it', cause });
    });
  return {
    async openSignIn(url) {
      const isWaitedFor = needs.connections()?.some(({ signIn }) => hostsOf(signIn).includes(url.host)) ?? false;
      if (!isSafe(url) || !isWaitedFor) throw new Fault('address-invalid', { reason: 'no sign-in waits for it' });
      await open(url.href);
    },
    openHelp: (page) => open(helpAddresses[page]),
  };
}

/** Of the page that asks; a code is typed at a page of its own. */
function hostsOf(signIn: WaitingSignIn | undefined): readonly string[] {
  if (!signIn) return [];
  const { verificationUri, verificationUriComplete } = signIn.device ?? {};
  const pages = [verificationUri, verificationUriComplete].filter((page) => page !== undefined && URL.canParse(page));
  return [signIn.host, ...pages.map((page) => new URL(page ?? '').host)];
}

/** Other schemes start programs. */
function isSafe(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
}
