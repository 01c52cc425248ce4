/**
 * A broker and one service for the table of ways in: signs in, calls, moves the clock, signs out, and writes down what
 * the service saw as lines to compare.
 */
import { expect } from 'vitest';
import { exchange, exchangeAt, postHeaders } from '../../electron/core/bridge/exchange.ts';
import type { NewConnection } from '../../electron/core/broker/connections.ts';
import { createBroker } from '../../electron/core/broker/create-broker.ts';
import type { SignOutResult } from '../../electron/core/broker/revocations.ts';
import type { SignInAttempt } from '../../electron/core/broker/sign-in.ts';
import { serviceById } from '../../electron/core/services/catalogue.ts';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { type KeptRequest, keepRequests } from '../fakes/kept-requests.ts';
import { testPlatform } from '../fakes/person.ts';

/** A service that was started for one row. */
export interface Opened {
  /** What the connection is for. */
  readonly resource: string;
  /** The authorization server, where it is another one. */
  readonly issuer?: string;
  /** The person at the service's page, where the way in has one. */
  readonly allow?: (attempt: SignInAttempt) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface Way {
  /** As SERVICES.md calls them. */
  readonly service: string;
  readonly way: string;
  readonly wayIn: WayInId;
  readonly open: (now: () => number) => Promise<Opened>;
  readonly connection: Omit<NewConnection, 'target'>;
  readonly given?: GivenFields;
  /** Where access is asked for and ended; whatever else carries access is a call. */
  readonly endpoints: RegExp;
  /** What others ask of the service: the browser, the resource itself. */
  readonly others?: RegExp;
  /** What is called at a web API, by GET without a body unless given. */
  readonly callMethod?: 'GET' | 'POST';
  readonly callPath?: string;
  readonly callBody?: string;
  /** When it has to be renewed at the latest. */
  readonly lifeMs: number;
  readonly signIn: readonly string[];
  readonly call: string;
  /** Empty where access simply lives on. */
  readonly renew: readonly string[];
  readonly cancel: readonly string[];
  readonly cancelled: Pick<SignOutResult, 'service' | 'proof'>;
}

export interface Scene {
  signIn(): Promise<void>;
  /** One request with access that is good now: whether it was carried out. */
  call(): Promise<boolean>;
  /** Access for so many at once; how many different ones they got. */
  accessForMany(callers: number): Promise<number>;
  moveClock(byMs: number): void;
  signOut(): Promise<Way['cancelled']>;
  /** What the service saw since it was asked last, as lines. */
  lines(): string[];
  close(): Promise<void>;
}

const client = 'table';
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'table', version: '1' } },
};

export async function openScene(row: Way): Promise<Scene> {
  const { platform, moveClock, close } = testPlatform();
  const opened = await row.open(platform.now);
  const kept = keepRequests(opened.resource, opened.issuer ?? opened.resource);
  const vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now: platform.now, log: platform.log });
  let decided: () => void = () => undefined;
  const decision = new Promise<void>((resolve) => {
    decided = resolve;
  });
  // Who waits for a person asks again when they have decided, and so once.
  const broker = createBroker(platform, vault, { pause: () => decision });
  const { connection } = await broker.addConnection({ target: opened.resource, ...row.connection });
  const names = new Map<string, string>();
  let told = 0;

  const access = () => broker.accessTokens.get({ connectionId: connection.id, client });

  /** The tokens of now by their names; those of before get older. */
  function nameTokens(): void {
    for (const { clientId, registrationAccessToken, source } of vault.list('registration')) {
      if (source !== 'dynamic') continue;
      names.set(clientId, '<client id>');
      if (registrationAccessToken) names.set(registrationAccessToken.open(), '<registration token>');
    }
    const [grant] = vault.list('grant');
    if (!grant || names.get(grant.accessToken.open()) === '<token>') return;
    for (const [token, name] of names) names.set(token, name.replace(/^<(old )?(refresh )?token>/, '<old $2token>'));
    names.set(grant.accessToken.open(), '<token>');
    if (grant.refreshToken) names.set(grant.refreshToken.open(), '<refresh token>');
  }

  /** With everything that differs from run to run under a name. */
  function named(text: string): string {
    const places = [
      [new URL(opened.resource).origin, '<base>'],
      [opened.issuer ?? opened.resource, '<issuer>'],
    ] as const;
    const replaced = [...names, ...places].reduce(
      (line, [from, to]) => line.replaceAll(from, to).replaceAll(encodeURIComponent(from), to),
      text,
    );
    return replaced
      .replace(
        /\b(code|code_verifier|code_challenge|state|nonce|device_code|request_uri|client_assertion)=[\w.%-]+/g,
        '$1=<$1>',
      )
      .replace(/redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2F[\w%.-]+/, 'redirect_uri=<redirect>')
      .replace(/"http:\/\/127\.0\.0\.1:\d+\/callback\/[\w-]+"/, '"<redirect>"')
      .replace(/\bdpop: [\w.-]+/, 'dpop: <proof>');
  }

  function lineOf({ method, target, headers, body }: KeptRequest): string {
    const isEndpoint = row.endpoints.test(target);
    const shown = headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => credentialHeaders.has(name) || (isEndpoint && name === 'content-type'))
      .map(([name, value]) => `${name}: ${value}`);
    return named([`${method} ${target}`, ...shown, ...(isEndpoint && body !== '' ? [body] : [])].join(' | '));
  }

  return {
    moveClock,
    async signIn() {
      const { wayIn, given } = row;
      const attempt = await broker.signIns.start(connection.id, { wayIn, ...(given && { given }) });
      await opened.allow?.(attempt);
      decided();
      const outcome = await broker.signIns.outcome(attempt.id);
      if (outcome.kind === 'failed') throw outcome.fault;
      expect(outcome.kind).toBe('done');
    },
    async call() {
      const good = await access();
      const response =
        serviceById(row.connection.service ?? '')?.speaks === 'rest'
          ? await exchangeAt(platform.http, good, {
              method: row.callMethod ?? 'GET',
              target: row.callPath ?? '/',
              headers: row.callBody === undefined ? {} : { 'content-type': 'application/json' },
              ...(row.callBody === undefined ? {} : { body: Buffer.from(row.callBody) }),
            })
          : await exchange(platform.http, good, {
              method: 'POST',
              headers: postHeaders,
              body: Buffer.from(JSON.stringify(initialize)),
            });
      response.discard();
      return response.status < 300;
    },
    async accessForMany(callers) {
      const all = await Promise.all(Array.from({ length: callers }, access));
      return new Set(all.map(({ credential }) => credential?.secret.open())).size;
    },
    async signOut() {
      const [account] = vault.list('account');
      const { service, proof } = await broker.signOut(connection.id, account?.id ?? '');
      await expect(access()).rejects.toMatchObject({ code: 'sign-in-needed' });
      expect([vault.list('grant'), vault.list('credential')]).toEqual([[], []]);
      return { service, proof };
    },
    lines() {
      nameTokens();
      const fresh = kept.all.slice(told);
      told = kept.all.length;
      return fresh
        .filter((one) => (carriesAccess(one) || row.endpoints.test(one.target)) && !row.others?.test(one.target))
        .map(lineOf);
    },
    async close() {
      kept.end();
      await broker.close();
      await opened.stop();
      await close();
    },
  };
}

const credentialHeaders: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'dpop']);

function carriesAccess({ headers }: KeptRequest): boolean {
  return headers.some(([name]) => credentialHeaders.has(name.toLowerCase()));
}
