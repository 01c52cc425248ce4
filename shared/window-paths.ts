/** The ways between the window and the broker: names and addresses only. No imports: the page and its preload script bundle it. */

/** The two channels of the desktop's IPC. */
export const askChannel = 'conexor:ask';
export const eventChannel = 'conexor:event';

/**
 * The browser tab's way, on the broker's own local address. The address with the one-time key answers with a cookie
 * (HttpOnly, SameSite=Strict) and sends on to the page with a claim behind `#`; the page trades it once for its page
 * key, which it sends in a header with everything it asks. Cookies are shared between all ports of a host: one without
 * the other is worth nothing. Each opening has a cookie, a claim and a page key of its own.
 */
export const tabPaths = {
  /** `?key=…`, good for one opening. */
  open: '/window/open',
  /** The page and its files. */
  page: '/window/',
  /** POST `{ "claim": "…" }`, once per opening: `{ "key": "…" }`. */
  claim: '/window/claim',
  /** POST `<method>` with the argument as JSON: a `WindowAnswer`. */
  ask: '/window/ask/',
  /** GET: `WindowEvent`s, one JSON a line, the present state first. */
  events: '/window/events',
} as const;
/** Before the claim, in the fragment of the page's address: no server and no other port ever sees that. */
export const claimFragment = 'claim=';
export const pageKeyHeader = 'x-conexor-window';

/** Sent with the page on both hosts: only its own files, nothing inline, nothing from elsewhere. */
export const windowPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
