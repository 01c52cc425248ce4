/**
 * Who it was that failed or answered: the way to a service (no route, a proxy, a certificate, a clock, a network that
 * wants a sign-in of its own) is told from the service itself, because a person does something else about each.
 */
import type { FaultCode } from '../../../shared/faults.ts';

export interface NetworkTrouble {
  readonly code: 'unreachable' | 'tls-refused' | 'captive-portal' | 'proxy-refused' | 'clock-wrong';
  /** For the log. */
  readonly reason: string;
  /** The request certainly never reached the service. */
  readonly notSent: boolean;
}

const tlsCodes = /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_(CA|PURPOSE)|HOSTNAME_)/;
/**
 * Our own refusals of a certificate, made before the first byte of the request. Nothing else of TLS is certain: with
 * TLS 1.3 a server's alert may come after it has read the request, and Node calls some alerts just EPROTO.
 */
const certificateCodes = /^(ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_(CA|PURPOSE)|HOSTNAME_)/;
/** Valid at another time than this computer's; whose clock is wrong, nobody here can tell. */
const outOfTime = /^CERT_(NOT_YET_VALID|HAS_EXPIRED)$/;
/** A good certificate, but of somebody else: the usual sign of a network that answers for everyone. */
const anotherName = /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;
const connectCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** What an error of a request means; any error that says nothing is `unreachable`. */
export function networkTrouble(error: unknown): NetworkTrouble {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    // undici aborts a request whose tunnel the proxy refuses; only its words tell.
    const refused = /Proxy response \((\d+)\)/.exec(error.message)?.[1];
    if (refused !== undefined) return { code: 'proxy-refused', reason: `proxy answered ${refused}`, notSent: true };
    return { code: 'unreachable', reason: error.name, notSent: false };
  }
  const { code: reason, syscall } = systemError(error);
  if (outOfTime.test(reason)) return { code: 'clock-wrong', reason, notSent: true };
  if (anotherName.test(reason)) return { code: 'captive-portal', reason, notSent: true };
  if (tlsCodes.test(reason)) return { code: 'tls-refused', reason, notSent: certificateCodes.test(reason) };
  const notSent = connectCodes.has(reason) || syscall === 'connect' || syscall === 'getaddrinfo';
  return { code: 'unreachable', reason, notSent };
}

/** Node's own code and call; where several addresses were tried, those of the first. */
function systemError(error: unknown): { readonly code: string; readonly syscall: string | undefined } {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const { code, syscall, name } = first as { code?: unknown; syscall?: unknown; name?: unknown };
  return {
    code: typeof code === 'string' ? code : String(name),
    syscall: typeof syscall === 'string' ? syscall : undefined,
  };
}

/**
 * An answer that another gave in place of a service that speaks JSON: a page where data was asked for, a redirect to
 * somebody else's site, 511 (RFC 6585 s6) and 407 (RFC 9110 s15.5.8). Undefined where it may well be the service's.
 */
export function strangersAnswer(answer: {
  readonly status: number;
  readonly contentType: string | undefined | null;
  readonly location: string | undefined | null;
  /** The service's own. */
  readonly host: string;
}): (FaultCode & ('captive-portal' | 'proxy-refused')) | undefined {
  const { status } = answer;
  if (status === 511) return 'captive-portal';
  if (status === 407) return 'proxy-refused';
  if (status >= 200 && status < 300 && isHtml(answer.contentType)) return 'captive-portal';
  if (status >= 300 && status < 400 && leadsElsewhere(answer.location, answer.host)) return 'captive-portal';
  return undefined;
}

function isHtml(contentType: string | undefined | null): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '');
}

function leadsElsewhere(location: string | undefined | null, host: string): boolean {
  const own = `https://${host}`;
  return location != null && URL.canParse(location, own) && new URL(location, own).host !== host;
}
