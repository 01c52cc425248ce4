/**
 * The way in by e-mail and password, as Conexor documents it: `POST {email, password}` as JSON for a JWT, used as Bearer,
 * and a refresh token for the token endpoint that is documented for the same origin. The password is never kept: without
 * a refresh token one signs in again.
 */
import { Fault } from '../../../shared/faults.ts';
import type { JsonObject } from '../oauth/answers.ts';
import { refusalOf, strangerOf } from '../oauth/answers.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type Identity, identityOfToken } from '../oauth/identity.ts';
import { askLogin, type LoginAnswer } from '../oauth/json-login.ts';
import { readTokenSet } from '../oauth/token-answer.ts';
import { allServices } from '../services/catalogue.ts';
import type { GrantRecord } from '../vault/records.ts';
import { authorizationCode, grantFrom } from './authorization-code.ts';
import { requireGiven } from './given.ts';
import { requireOffer } from './offer.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

/** Nobody is registered for it, so its requests name no client. */
const noClient = { clientId: '', authMethod: 'none' } as const;

export function passwordLogin(needs: WayInNeeds): WayIn {
  const { http, now } = needs;
  // What came of it is a refresh token like any other.
  const { isIssued: _, ...renewing } = authorizationCode('authorization-code', needs, documentedServer);
  return {
    ...renewing,
    id: 'password-login',
    fields: () => [
      { name: 'email', secret: false, required: true },
      { name: 'password', secret: true, required: true },
    ],
    async obtain(target, given, signal) {
      const { loginPath } = requireOffer([target.offer], 'password-login');
      const email = requireGiven(given, 'email').open();
      const password = requireGiven(given, 'password').open();
      const { resource } = target.connection;
      const server = documentedServer({ resource });
      const url = new URL(loginPath, resource);
      const answer = await askLogin(http, url.href, { email, password }, signal);
      const context = { server, client: noClient, host: url.host, nowMs: now(), idToken: { kind: 'ignored' } } as const;
      const tokens = await readTokenSet(tokenMembers(answer, url.host, now), context);
      const facts = { accountId: '', wayIn: 'password-login', issuer: server.issuer, resource, clientId: '' } as const;
      return {
        grant: grantFrom({ ...facts, requestedScopes: [] }, tokens),
        identity: identityOf(email, identityOfToken(tokens.accessToken, resource)),
      };
    },
  };
}

/**
 * The server that the service documents for this very origin: the password was typed for it, so what came of it goes
 * nowhere else, whatever metadata says by now. Throws `sign-in-needed` where no service documents any.
 */
function documentedServer({ resource }: Pick<GrantRecord, 'resource'>): AuthorizationServerInfo {
  const url = new URL(resource);
  const service = allServices.find(
    (one) => one.waysIn.some(({ way }) => way === 'password-login') && (one.accepts ?? one.owns)(url),
  );
  const server = service?.facts?.(url);
  if (!server) throw new Fault('sign-in-needed', { reason: 'no documented server', subject: url.host });
  return server;
}

/** The answer under the names of the standard; services spell theirs in their own ways. Throws for a refusal. */
function tokenMembers({ response, body }: LoginAnswer, host: string, now: () => number): JsonObject {
  if (!response.ok || !body || strangerOf(response, host)) {
    const isAboutThem = [400, 401, 403, 422].includes(response.status);
    const fault = refusalOf(response, body, {
      host,
      otherwise: isAboutThem ? 'credentials-refused' : 'token-refused',
      now,
    });
    const isTheirs = fault.code === 'credentials-refused';
    throw isTheirs ? new Fault(fault.code, { ...fault.detail, advice: 'check-email-password' }) : fault;
  }
  const member = (...names: readonly string[]) => names.map((name) => body[name]).find((value) => value != null);
  const accessToken = member('access_token', 'accessToken', 'token', 'jwt');
  if (accessToken === undefined) throw new Fault('service-answer-invalid', { reason: 'login answer', subject: host });
  return {
    access_token: accessToken,
    token_type: member('token_type', 'tokenType') ?? 'Bearer',
    refresh_token: member('refresh_token', 'refreshToken'),
    expires_in: member('expires_in', 'expiresIn'),
    scope: member('scope'),
  };
}

/** Who typed their address is known by it, unless the token tells more. */
function identityOf(email: string, told: Identity): Identity {
  return {
    ...told,
    subject: told.subject ?? email.toLowerCase(),
    label: told.email ?? email,
    email: told.email ?? email,
  };
}
