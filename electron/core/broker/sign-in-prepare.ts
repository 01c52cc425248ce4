/**
 * Everything before a person decides, or before the service is asked with what they typed: which way in, and what that
 * one needs. Each kind of way in prepares in a file of its own.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { DeviceCode, GivenFields, WayInId } from '../../../shared/ways-in.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Obtained, Target } from '../credentials/way-in.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { Pause } from '../oauth/device.ts';
import type { DpopNonces } from '../oauth/dpop.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import type { KeySets } from '../oauth/jwks.ts';
import type { Log } from '../platform.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { patchConnection, serviceRemoved } from './connection-changes.ts';
import { serviceOf } from './connections.ts';
import type { OutcomePage } from './redirect-listener.ts';
import type { FirstAnswer } from './resource-call.ts';
import { prepareBrowser } from './sign-in-browser.ts';
import { prepareDevice } from './sign-in-device.ts';
import { prepareDirect } from './sign-in-direct.ts';
import { discoverFor } from './sign-in-discovery.ts';
import type { UpstreamReports } from './upstream-reports.ts';
import { orRegisteredAnew, type UsedClient } from './vanished-registrations.ts';

export interface SignInNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly http: OAuthFetch;
  readonly nonces: DpopNonces;
  readonly keySets: KeySets;
  /** How one waits between two questions about a device code; real time unless given. */
  readonly pause?: Pause | undefined;
  readonly now: () => number;
  readonly log: Log;
  readonly openBrowser: (url: URL) => Promise<void>;
  readonly changed: () => void;
  /** A first call with the new access: rejects if the resource does not take it. */
  readonly firstCall: (connection: ConnectionRecord, credential: Credential) => Promise<FirstAnswer>;
  /** What the first call showed of an account that is kept. */
  readonly report: UpstreamReports['report'];
  /** What came for nobody: it is to be cancelled. */
  readonly unwanted: (obtained: Obtained) => void;
  /** The person's, for the pages in the browser. */
  readonly language: () => Language;
}

export interface SignInWish {
  /** Another account than those already here. */
  readonly another?: boolean;
  /** The account that has to sign in again. */
  readonly accountId?: string;
  /** Ends a waiting attempt instead of joining it. */
  readonly fresh?: boolean;
  /** These and no others. */
  readonly scopes?: readonly string[];
  /** These besides what is granted or usual. */
  readonly moreScopes?: readonly string[];
  /** That of the account, else the connection's, unless given. */
  readonly wayIn?: WayInId;
  /** What the person typed, for the ways in that need it. */
  readonly given?: GivenFields;
}

/** Where, and how: the same for every way in. */
export interface Approach extends Omit<Target, 'server' | 'scopes'> {
  /** Without what was typed: that is the way in's alone. */
  readonly wish: Omit<SignInWish, 'given'>;
  /** The authorization server of the resource. Throws the faults of discovery. */
  readonly discover: Target['server'];
}

export interface Prepared extends Approach {
  /** Whose page asks, or who is asked. */
  readonly host: string;
  readonly scopes: readonly string[];
  /** What will be asked for, in people's words. */
  readonly permissions: readonly string[];
  /** What the browser opens. */
  readonly authorizationUrl?: string;
  /** The same for one more opening, where an address is good only once and not for long (RFC 9126). */
  readonly freshUrl?: (why: 'opening' | 'showing') => Promise<string>;
  /** A code to be typed at the service's page, until `endsAtMs`. */
  readonly device?: DeviceCode & { readonly endsAtMs: number };
  /** The first call comes before anything is stored: what was typed may simply be wrong. */
  readonly triesFirst: boolean;
  /** As who we ask, in case that has vanished at the server. */
  readonly client?: UsedClient;
  /** Asks, or waits for, the service; absent where the browser comes back to us. */
  readonly complete?: (signal: AbortSignal) => Promise<Obtained>;
  /** What came back to the redirect address, by whichever way. */
  readonly deliver?: (parameters: URLSearchParams) => ReturnType<Asked>;
  /** Frees whatever listens. */
  close(): Promise<void>;
}

/** The one answer of this attempt that the browser brought. */
export type BrowserAnswer =
  | { readonly kind: 'denied' }
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'granted'; readonly exchange: () => Promise<Obtained> };

export type Asked = (answer: BrowserAnswer) => 'ignored' | Promise<OutcomePage>;

/** `open`: nothing to do, the resource wants no sign-in. Throws every fault of its steps; then nothing listens any more. */
export async function prepareSignIn(
  needs: SignInNeeds,
  connectionId: string,
  { given, ...wish }: SignInWish,
  asked: Asked,
): Promise<Prepared | 'open'> {
  const { vault } = needs;
  const connection = vault.get('connection', connectionId);
  if (!connection) throw serviceRemoved();
  const service = serviceOf(connection);
  const account = wish.accountId === undefined ? undefined : vault.get('account', wish.accountId);
  const id = wish.wayIn ?? account?.wayIn ?? connection.wayIn;
  const offer = service.waysIn.find(({ way }) => way === id);
  if (!offer) throw new Fault('input-invalid', { subject: id, thing: 'way-in' });

  const wayIn = needs.waysIn.byId(id);
  const discovery = discoverFor(needs, connection, service, id);
  const approach: Approach = { connection, service, offer, wish, discover: discovery.discover };
  if (wayIn.obtain) return prepareDirect(needs, approach, { ...wayIn, obtain: wayIn.obtain }, given ?? {});
  if (await discovery.isOpen()) {
    await patchConnection(vault, connection.id, () => ({ access: 'none' }));
    return 'open';
  }
  return orRegisteredAnew(needs, (asks) =>
    id === 'device-code' ? prepareDevice(needs, approach, asks) : prepareBrowser(needs, approach, asks, asked),
  );
}
