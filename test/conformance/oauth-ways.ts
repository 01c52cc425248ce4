/** The rows for any OAuth 2.0 server: oidc-provider, which nobody here wrote, in front of an MCP server. */
import { generateKeyPairSync } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import { type OidcProviderOptions, startOidcProvider } from '../fakes/oidc-provider.ts';
import { startProtectedMcpServer } from '../fakes/protected-mcp-server.ts';
import type { Opened, Way } from './scene.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = key.publicKey.export({ format: 'jwk' });
const privateKey = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const machine = {
  client_id: 'table-client',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} satisfies ClientMetadata;
const secret = 'table-secret/with+signs%and:colons';

function open(options: Omit<OidcProviderOptions, 'resource'>, how?: 'introspection') {
  return async (): Promise<Opened> => {
    const server = await startProtectedMcpServer();
    const provider = await startOidcProvider({ resource: server.resource, ...options });
    await server.trust(provider.issuer, how);
    return {
      resource: server.resource,
      issuer: provider.issuer,
      allow: async ({ authorizationUrl, device }) => {
        if (authorizationUrl) await fetch(await provider.consent(new URL(authorizationUrl)));
        if (device) await provider.typeCode(device.verificationUri, device.userCode);
      },
      stop: async () => {
        await Promise.all([server.stop(), provider.close()]);
      },
    };
  };
}

const form = 'content-type: application/x-www-form-urlencoded;charset=UTF-8';
const json = 'content-type: application/json';
const call = 'POST /mcp/notes | authorization: Bearer <token>';
const resource = 'resource=<base>%2Fmcp%2Fnotes';
const pkce = 'code_challenge=<code_challenge>&code_challenge_method=S256';
const client = 'client_id=<client id>';
/** base64 of `table-client:table-secret%2Fwith%2Bsigns%25and%3Acolons`. */
const basic = 'authorization: Basic dGFibGUtY2xpZW50OnRhYmxlLXNlY3JldCUyRndpdGglMkJzaWducyUyNWFuZCUzQWNvbG9ucw==';
const inBody = 'client_id=table-client&client_secret=table-secret%2Fwith%2Bsigns%25and%3Acolons';
const askAsMachine = `scope=read+write&${resource}&grant_type=client_credentials`;
const assertion =
  'client_id=table-client&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=<client_assertion>';
const register = (grantType: string, redirectUris: string, responseTypes: string) =>
  `POST /reg | ${json} | {"client_name":"Conexor Desktop","application_type":"native","redirect_uris":[${redirectUris}],"grant_types":["${grantType}","refresh_token"],"response_types":[${responseTypes}],"token_endpoint_auth_method":"none"}`;
const registerForCode = register('authorization_code', '"<redirect>"', '"code"');
const exchange = `POST /token | ${form} | ${resource}&redirect_uri=<redirect>&code=<code>&code_verifier=<code_verifier>&grant_type=authorization_code&${client}`;
const refresh = `POST /token | ${form} | ${resource}&refresh_token=<old refresh token>&grant_type=refresh_token&${client}`;
const revokeRefresh = `POST /token/revocation | ${form} | token_type_hint=refresh_token&token=<refresh token>&${client}`;
const revokeAccess = `POST /token/revocation | ${form} | token_type_hint=access_token&token=<token>&${client}`;
const unregister = 'DELETE /reg/<client id> | authorization: Bearer <registration token>';

const onProvider = {
  service: 'Any OAuth 2.0 server',
  connection: { service: 'mcp' },
  endpoints: /^\/(auth\?|request$|token|device\/auth$|reg)/,
  others: /^\/token\/introspection$/,
  lifeMs: 60 * 60_000,
  call,
} as const;

/** Signed access tokens that the resource checks by itself cannot be taken back: they end by themselves. */
const machineEnd = { cancelled: { service: 'no-way', proof: 'not-checked' } } as const;

export const oauthWays: readonly Way[] = [
  {
    ...onProvider,
    way: 'authorization code',
    wayIn: 'authorization-code',
    open: open({ accessTokens: 'opaque' }, 'introspection'),
    signIn: [
      registerForCode,
      `GET /auth?response_type=code&${client}&redirect_uri=<redirect>&state=<state>&${pkce}&scope=read+write+offline_access&${resource}&prompt=consent`,
      exchange,
      call,
    ],
    renew: [refresh],
    cancel: [revokeRefresh, revokeAccess, call, unregister],
    cancelled: { service: 'cancelled', proof: 'refused' },
  },
  {
    ...onProvider,
    way: 'authorization code by a pushed request',
    wayIn: 'authorization-code',
    open: open({ pushed: 'required' }),
    signIn: [
      registerForCode,
      `POST /request | ${form} | response_type=code&${client}&redirect_uri=<redirect>&state=<state>&${pkce}&scope=read+write+offline_access&${resource}&prompt=consent`,
      `GET /auth?${client}&request_uri=<request_uri>`,
      exchange,
      call,
    ],
    renew: [refresh],
    cancel: [revokeRefresh, revokeAccess, call, unregister],
    cancelled: { service: 'cancelled', proof: 'still-accepted' },
  },
  {
    ...onProvider,
    way: 'device code',
    wayIn: 'device-code',
    open: open({ device: true }),
    signIn: [
      register('urn:ietf:params:oauth:grant-type:device_code', '', ''),
      `POST /device/auth | ${form} | scope=read+write+offline_access&${resource}&${client}`,
      `POST /token | ${form} | ${resource}&device_code=<device_code>&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&${client}`,
      call,
    ],
    renew: [refresh],
    cancel: [revokeRefresh, revokeAccess, call, unregister],
    cancelled: { service: 'cancelled', proof: 'still-accepted' },
  },
  {
    ...onProvider,
    ...machineEnd,
    way: 'client credentials, secret by Basic',
    wayIn: 'client-credentials',
    given: { 'client-id': machine.client_id, 'client-secret': secret },
    open: open({ clients: [{ ...machine, client_secret: secret }] }),
    signIn: [`POST /token | ${basic} | ${form} | ${askAsMachine}`, call],
    renew: [`POST /token | ${basic} | ${form} | ${askAsMachine}`],
    cancel: [`POST /token/revocation | ${basic} | ${form} | token_type_hint=access_token&token=<token>`],
  },
  {
    ...onProvider,
    ...machineEnd,
    way: 'client credentials, secret in the body',
    wayIn: 'client-credentials',
    given: { 'client-id': machine.client_id, 'client-secret': secret },
    open: open({
      authMethods: ['client_secret_post', 'none'],
      clients: [{ ...machine, client_secret: secret, token_endpoint_auth_method: 'client_secret_post' }],
    }),
    signIn: [`POST /token | ${form} | ${askAsMachine}&${inBody}`, call],
    renew: [`POST /token | ${form} | ${askAsMachine}&${inBody}`],
    cancel: [`POST /token/revocation | ${form} | token_type_hint=access_token&token=<token>&${inBody}`],
  },
  {
    ...onProvider,
    ...machineEnd,
    way: 'client credentials, private key',
    wayIn: 'client-credentials',
    given: { 'client-id': machine.client_id, 'private-key': privateKey },
    open: open({
      clients: [{ ...machine, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicKey] } }],
    }),
    signIn: [`POST /token | ${form} | ${askAsMachine}&${assertion}`, call],
    renew: [`POST /token | ${form} | ${askAsMachine}&${assertion}`],
    cancel: [`POST /token/revocation | ${form} | token_type_hint=access_token&token=<token>&${assertion}`],
  },
];
