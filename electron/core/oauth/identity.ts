/**
 * Who signed in, as far as the service says: an ID token or userinfo, else the access token's own claims, else the
 * organisation in the address, else the bare subject. For people to recognise an account by; nothing is decided by it.
 */
import type { Secret } from '../vault/secret.ts';
import { jsonBody } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import { type DpopProver, sendProven } from './dpop.ts';
import type { OAuthFetch } from './http.ts';
import { claimsOfJwt, type TokenSet } from './token-answer.ts';

export interface Identity {
  readonly subject?: string;
  /** What the account is called; a person may change it. */
  readonly label?: string;
  readonly email?: string;
  readonly organisation?: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** From what is already here. */
export function identityOf(tokens: TokenSet, resource: string): Identity {
  return identityFrom(claimsOf(tokens), resource);
}

/** Of a token that was brought along: what it says itself where it is a JWT, else the organisation in the address. */
export function identityOfToken(token: Secret | undefined, resource: string): Identity {
  return identityFrom((token && claimsOfJwt(token.open())) ?? {}, resource);
}

/**
 * As `identityOf`, asking userinfo where the server has it, `openid` was granted and no name is known yet. An answer
 * about somebody else (OpenID Connect s5.3.2) or none at all changes nothing; this never throws.
 */
export async function fetchIdentity(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  tokens: TokenSet,
  resource: string,
  dpop?: DpopProver,
): Promise<Identity> {
  const known = claimsOf(tokens);
  const endpoint = server.metadata.userinfo_endpoint;
  const mayAsk = tokens.idTokenClaims !== undefined || tokens.grantedScopes?.includes('openid');
  if (!endpoint || !mayAsk || labelOf(known) !== undefined) return identityFrom(known, resource);
  const userinfo = await askUserinfo(http, endpoint, tokens, dpop).catch(() => undefined);
  const sameSubject = known['sub'] === undefined || userinfo?.['sub'] === known['sub'];
  return identityFrom(userinfo && sameSubject ? { ...known, ...userinfo } : known, resource);
}

async function askUserinfo(
  http: OAuthFetch,
  endpoint: string,
  { accessToken, tokenType }: TokenSet,
  dpop: DpopProver | undefined,
): Promise<Claims | undefined> {
  const headers = { accept: 'application/json', authorization: `${tokenType} ${accessToken.open()}` };
  const ask = (proven: OAuthFetch) => proven(endpoint, { method: 'GET', headers });
  const response = await sendProven(http, tokenType === 'DPoP' ? dpop : undefined, ask, accessToken);
  return response.status === 200 ? jsonBody(response) : undefined;
}

function claimsOf(tokens: TokenSet): Claims {
  return tokens.idTokenClaims ?? claimsOfJwt(tokens.accessToken.open()) ?? {};
}

function identityFrom(claims: Claims, resource: string): Identity {
  const subject = text(claims['sub']);
  const email = text(claims['email']);
  const organisation = organisationOf(claims) ?? organisationInAddress(resource);
  // A bare subject is no beauty, but it tells two accounts apart.
  const label = labelOf(claims) ?? organisation ?? subject;
  return {
    ...(subject ? { subject } : {}),
    ...(label ? { label } : {}),
    ...(email ? { email } : {}),
    ...(organisation ? { organisation } : {}),
  };
}

function labelOf(claims: Claims): string | undefined {
  return text(claims['email']) ?? text(claims['preferred_username']) ?? text(claims['name']);
}

function organisationOf(claims: Claims): string | undefined {
  return (
    text(claims['org']) ?? text(claims['organisation']) ?? text(claims['organization']) ?? text(claims['org_name'])
  );
}

/** `/mcp/<organisation>/<server>`. */
function organisationInAddress(resource: string): string | undefined {
  const path = URL.canParse(resource) ? new URL(resource).pathname : '';
  return /^\/mcp\/([\w.-]+)\/[\w.-]+\/?$/.exec(path)?.[1];
}

/** Short and of one line, since it is shown in menus and on pages. */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  return clean === '' ? undefined : clean.slice(0, 120);
}
