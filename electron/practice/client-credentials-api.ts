/**
 * A practice API for programs on 127.0.0.1: `POST /oauth/v2/token` takes client credentials over HTTP Basic (RFC 6749
 * s2.3.1, s4.4), everything else wants the `Bearer` token that comes of it, a signed JWT that says when it ends.
 */
import express, { type Request, type RequestHandler, type Response } from 'express';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { neverCached, oauthError, postOnly } from './answers.ts';
import { lastResort, listenOnLoopback, onlyLoopback } from './loopback.ts';
import { Misbehaviour } from './misbehaviour.ts';
import { readParameters } from './parameters.ts';
import { SignedTokens } from './signed-tokens.ts';

interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ClientCredentialsApiOptions extends Partial<ClientCredentials> {
  /** 0, the default, lets the operating system choose. */
  readonly port?: number;
  readonly now?: () => number;
  /** False: one of the servers that take both parts of Basic as they come, so that `%2D` is no `-` to them. */
  readonly decodesBasic?: boolean;
}

type Faults = Pick<Misbehaviour<'token' | 'api'>, 'failNext' | 'dropNext' | 'delayNext'>;

export interface ClientCredentialsApi {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly control: {
    /** Members of the token answers from now on, in place of the true ones; `undefined` leaves one out. */
    answerWith(members: Readonly<Record<string, unknown>>): void;
    /** Another secret than the client has: it was rotated, or has expired. */
    changeSecret(secret: string): void;
    setTokenLifeMs(lifeMs: number): void;
    /** Every token so far is refused. */
    rejectTokens(): void;
    /** Whether the account may use the API: 403 where it may not. */
    permit(allowed: boolean): void;
  } & Faults;
  readonly stop: () => Promise<void>;
}

interface State {
  readonly decodesBasic: boolean;
  readonly tokens: SignedTokens;
  readonly clientId: string;
  clientSecret: string;
  members: Readonly<Record<string, unknown>>;
  lifeMs: number;
  permitted: boolean;
}

/** Starts the service. Faults: `port-taken`. */
export async function startClientCredentialsApi(
  options: ClientCredentialsApiOptions = {},
): Promise<ClientCredentialsApi> {
  const { server, baseUrl, stop } = await listenOnLoopback(options.port ?? 0);
  const stopping = new AbortController();
  const misbehaviour = new Misbehaviour<'token' | 'api'>(stopping.signal);
  const state: State = {
    decodesBasic: options.decodesBasic ?? true,
    tokens: new SignedTokens(options.now ?? Date.now),
    clientId: options.clientId ?? practiceCredentials.api.clientId,
    clientSecret: options.clientSecret ?? practiceCredentials.api.clientSecret,
    members: {},
    lifeMs: 3_600_000,
    permitted: true,
  };

  const app = express().disable('x-powered-by').disable('etag');
  app.use(onlyLoopback);
  const readForm = express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' });
  app.post('/oauth/v2/token', misbehaviour.at('token'), readForm, token(state));
  app.all('/oauth/v2/token', postOnly);
  app.use(misbehaviour.at('api'), check(state));
  app.get('/', (_request, response) => void response.json({ endpoints: ['/v2/account', '/v2/reports'] }));
  app.get('/v2/account', (_request, response) => void response.json({ id: state.clientId, plan: 'practice' }));
  app.get('/v2/reports', (_request, response) => void response.json({ reports: ['January', 'February', 'March'] }));
  app.use((_request, response) => void response.status(404).json({ error: 'not_found' }));
  app.use(lastResort);
  server.on('request', app);

  return {
    baseUrl,
    clientId: state.clientId,
    control: {
      answerWith: (members) => {
        state.members = members;
      },
      changeSecret: (secret) => {
        state.clientSecret = secret;
      },
      setTokenLifeMs: (lifeMs) => {
        state.lifeMs = lifeMs;
      },
      rejectTokens: () => state.tokens.rejectAll(),
      permit: (allowed) => {
        state.permitted = allowed;
      },
      failNext: (route, failure) => misbehaviour.failNext(route, failure),
      dropNext: (route, drop) => misbehaviour.dropNext(route, drop),
      delayNext: (route, delayMs, times) => misbehaviour.delayNext(route, delayMs, times),
    },
    stop: () =>
      stop(async () => {
        stopping.abort();
      }),
  };
}

const token = (state: State) => async (request: Request, response: Response) => {
  const form = readParameters(new URLSearchParams(typeof request.body === 'string' ? request.body : ''));
  const shown = credentialsOf(request.get('authorization'), state.decodesBasic);
  if (shown?.clientId !== state.clientId || shown.clientSecret !== state.clientSecret) {
    response.set('WWW-Authenticate', 'Basic realm="practice"');
    return void neverCached(response).status(401).json({ error: 'invalid_client' });
  }
  if (form.repeated.length > 0 || form.get('client_secret') !== undefined) {
    return oauthError(response, 'invalid_request', 'The client proves itself in the header alone, everything once.');
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return oauthError(response, 'unsupported_grant_type', 'grant_type is client_credentials here.');
  }
  const accessToken = await state.tokens.sign(state.clientId, { client_id: state.clientId }, state.lifeMs);
  const expiresIn = Math.floor(state.lifeMs / 1000);
  const answer = { token_type: 'Bearer', expires_in: expiresIn, access_token: accessToken };
  neverCached(response).json({ ...answer, ...state.members });
};

/** Both parts are form-encoded before they are joined (RFC 6749 s2.3.1 and Appendix B). */
function credentialsOf(header: string | undefined, decodes: boolean): ClientCredentials | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const read = (part: string) => (decodes ? (new URLSearchParams(`part=${part}`).get('part') ?? '') : part);
  return { clientId: read(text.slice(0, colon)), clientSecret: read(text.slice(colon + 1)) };
}

const check =
  (state: State): RequestHandler =>
  async (request, response, next) => {
    const shown = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if ((await state.tokens.verify(shown)) === undefined) {
      response.status(401).set('WWW-Authenticate', 'Bearer');
      response.json({ error: 'unauthorized', message: 'Check the token or the credentials.' });
    } else if (!state.permitted) {
      response.status(403).json({ error: 'forbidden', message: 'Check the permissions of the account.' });
    } else next();
  };
