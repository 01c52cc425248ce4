/** The rows of the table: each service of SERVICES.md by each of its ways in, to the byte. */
import { Secret } from '../../electron/core/vault/secret.ts';
import { startClientCredentialsApi } from '../../electron/practice/client-credentials-api.ts';
import { startConnexease } from '../../electron/practice/connexease/service.ts';
import { startPractice } from '../../electron/practice/service.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { answerConsent } from '../fakes/consent.ts';
import type { Opened, Way } from './scene.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const { conexor, connexease, api } = practiceCredentials;

async function openConexor(now: () => number): Promise<Opened> {
  const practice = await startPractice({ now });
  return {
    resource: practice.resource,
    allow: async ({ authorizationUrl }) =>
      authorizationUrl && answerConsent(authorizationUrl, { allow: true, account: 'acme' }),
    stop: practice.stop,
  };
}

async function openAgents(now: () => number): Promise<Opened> {
  const practice = await startPractice({ now });
  return { resource: practice.baseUrl, stop: practice.stop };
}

async function openApi(now: () => number): Promise<Opened> {
  const service = await startClientCredentialsApi({ now });
  return { resource: service.baseUrl, stop: service.stop };
}

async function openConnexease(now: () => number): Promise<Opened> {
  const service = await startConnexease({ now });
  return { resource: service.baseUrl, stop: service.stop };
}

const form = 'content-type: application/x-www-form-urlencoded;charset=UTF-8';
const json = 'content-type: application/json';
const notCancelled = { service: 'no-way', proof: 'not-checked' } as const;
const cancelled = { service: 'cancelled', proof: 'refused' } as const;

const callConexor = 'POST /mcp/acme/sales-api | authorization: Bearer <token>';
const resource = 'resource=<base>%2Fmcp%2Facme%2Fsales-api';
/** base64 of `practice-client:practice-secret%2Fwith%2Bsigns%25and%3Acolons`: each part form-encoded, and `-` left alone. */
const basic = 'cHJhY3RpY2UtY2xpZW50OnByYWN0aWNlLXNlY3JldCUyRndpdGglMkJzaWducyUyNWFuZCUzQWNvbG9ucw==';
const client = `client_id=${conexor.clientId}&client_secret=${conexor.clientSecret}`;

const onConexor = {
  service: 'Conexor',
  open: openConexor,
  connection: { service: 'practice' },
  endpoints: /^\/(oauth\/consent\?|api\/)/,
  lifeMs: hourMs,
  call: callConexor,
} as const;

const onConnexease = {
  service: 'Connexease',
  open: openConnexease,
  connection: { service: 'practice-connexease' },
  endpoints: /^\/jwt\//,
  callPath: '/agents/',
} as const;

export const ways: readonly Way[] = [
  {
    ...onConexor,
    way: 'authorization code + PKCE',
    wayIn: 'authorization-code',
    signIn: [
      `GET /oauth/consent?response_type=code&client_id=client_practice&redirect_uri=<redirect>&state=<state>&code_challenge=<code_challenge>&code_challenge_method=S256&scope=mcp%3Atools%3Aread%2Cmcp%3Atools%3Aexecute%2Cmcp%3Aresources%3Aread&${resource}`,
      `POST /api/oauth/token | ${form} | ${resource}&redirect_uri=<redirect>&code=<code>&code_verifier=<code_verifier>&grant_type=authorization_code&client_id=client_practice`,
      callConexor,
    ],
    renew: [
      `POST /api/oauth/token | ${form} | ${resource}&refresh_token=<old refresh token>&grant_type=refresh_token&client_id=client_practice`,
    ],
    cancel: [
      `POST /api/oauth/revoke | ${form} | token_type_hint=refresh_token&token=<refresh token>&client_id=client_practice`,
      `POST /api/oauth/revoke | ${form} | token_type_hint=access_token&token=<token>&client_id=client_practice`,
      callConexor,
    ],
    cancelled,
  },
  {
    ...onConexor,
    way: 'authorization code + PKCE, with a client secret',
    connection: {
      service: 'practice',
      client: { clientId: conexor.clientId, clientSecret: new Secret(conexor.clientSecret) },
    },
    wayIn: 'authorization-code',
    signIn: [
      `GET /oauth/consent?response_type=code&client_id=${conexor.clientId}&redirect_uri=<redirect>&state=<state>&code_challenge=<code_challenge>&code_challenge_method=S256&scope=mcp%3Atools%3Aread%2Cmcp%3Atools%3Aexecute%2Cmcp%3Aresources%3Aread&${resource}`,
      `POST /api/oauth/token | ${form} | ${resource}&redirect_uri=<redirect>&code=<code>&code_verifier=<code_verifier>&grant_type=authorization_code&${client}`,
      callConexor,
    ],
    renew: [
      `POST /api/oauth/token | ${form} | ${resource}&refresh_token=<old refresh token>&grant_type=refresh_token&${client}`,
    ],
    cancel: [
      `POST /api/oauth/revoke | ${form} | token_type_hint=refresh_token&token=<refresh token>&${client}`,
      `POST /api/oauth/revoke | ${form} | token_type_hint=access_token&token=<token>&${client}`,
      callConexor,
    ],
    cancelled,
  },
  {
    ...onConexor,
    way: 'client credentials',
    wayIn: 'client-credentials',
    given: { 'client-id': conexor.clientId, 'client-secret': conexor.clientSecret },
    signIn: [
      `POST /api/oauth/token | ${form} | scope=mcp%3Atools%3Aread+mcp%3Atools%3Aexecute&grant_type=client_credentials&${client}`,
      callConexor,
    ],
    renew: [
      `POST /api/oauth/token | ${form} | scope=mcp%3Atools%3Aread+mcp%3Atools%3Aexecute&grant_type=client_credentials&${client}`,
    ],
    cancel: [`POST /api/oauth/revoke | ${form} | token_type_hint=access_token&token=<token>&${client}`, callConexor],
    cancelled,
  },
  {
    ...onConexor,
    way: 'e-mail and password',
    wayIn: 'password-login',
    given: { email: conexor.email, password: conexor.password },
    signIn: [
      `POST /api/auth/login | ${json} | {"email":"${conexor.email}","password":"${conexor.password}"}`,
      callConexor,
    ],
    renew: [`POST /api/oauth/token | ${form} | ${resource}&refresh_token=<old refresh token>&grant_type=refresh_token`],
    cancel: [
      `POST /api/oauth/revoke | ${form} | token_type_hint=refresh_token&token=<refresh token>`,
      `POST /api/oauth/revoke | ${form} | token_type_hint=access_token&token=<token>`,
      callConexor,
    ],
    cancelled,
  },
  {
    ...onConexor,
    way: 'API key',
    wayIn: 'api-key',
    given: { 'api-key': conexor.apiKey },
    signIn: ['POST /mcp/acme/sales-api | x-api-key: <token>'],
    call: 'POST /mcp/acme/sales-api | x-api-key: <token>',
    renew: [],
    cancel: [],
    cancelled: notCancelled,
  },
  {
    ...onConexor,
    way: 'agent key',
    open: openAgents,
    connection: { service: 'practice-agent' },
    wayIn: 'api-key',
    given: { 'api-key': conexor.agentKey },
    endpoints: /^\/api\/oauth\//,
    callMethod: 'POST',
    callPath: '/api/plugins/register',
    callBody: '{"name":"nightly"}',
    signIn: ['GET /api/plugins/register | x-api-key: <token>'],
    call: 'POST /api/plugins/register | x-api-key: <token>',
    renew: [],
    cancel: [],
    cancelled: notCancelled,
  },
  {
    ...onConnexease,
    way: 'account access token',
    wayIn: 'access-token',
    given: { 'access-token': connexease.accessToken },
    lifeMs: 365 * dayMs,
    signIn: ['GET / | authorization: Bearer <token>'],
    call: 'GET /agents/ | authorization: Bearer <token>',
    renew: [],
    cancel: [],
    cancelled: notCancelled,
  },
  {
    ...onConnexease,
    way: 'legacy JWT',
    wayIn: 'jwt-login',
    given: { username: connexease.username, password: connexease.password },
    lifeMs: dayMs,
    signIn: [
      `POST /jwt/ | ${json} | {"username":"${connexease.username}","password":"${connexease.password}"}`,
      'GET / | authorization: JWT <token>',
    ],
    call: 'GET /agents/ | authorization: JWT <token>',
    renew: [`POST /jwt/ | ${json} | {"username":"${connexease.username}","password":"${connexease.password}"}`],
    cancel: [],
    cancelled: notCancelled,
  },
  {
    service: 'API with client credentials over Basic',
    way: 'client credentials',
    open: openApi,
    connection: { service: 'practice-api' },
    wayIn: 'client-credentials',
    given: { 'client-id': api.clientId, 'client-secret': api.clientSecret },
    endpoints: /^\/oauth\/v2\/token/,
    callPath: '/v2/account',
    lifeMs: hourMs,
    signIn: [
      `POST /oauth/v2/token | authorization: Basic ${basic} | ${form} | grant_type=client_credentials`,
      'GET / | authorization: Bearer <token>',
    ],
    call: 'GET /v2/account | authorization: Bearer <token>',
    renew: [`POST /oauth/v2/token | authorization: Basic ${basic} | ${form} | grant_type=client_credentials`],
    cancel: [],
    cancelled: notCancelled,
  },
];
