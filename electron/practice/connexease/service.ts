/**
 * A practice Connexease on 127.0.0.1: the documented ways in (account access token as `Bearer`, `POST /jwt/` and `JWT`),
 * its documented refusals and its ban, over a small made-up API. It has a clock of its own, which `Date` tells.
 */
import express from 'express';
import { lastResort, listenOnLoopback, onlyLoopback } from '../loopback.ts';
import { Misbehaviour } from '../misbehaviour.ts';
import { ConnexeaseAccess } from './access.ts';
import { generateToken } from './login.ts';
import { sampleApi, sampleFiles } from './sample-api.ts';
import { ApiUsers } from './users.ts';

export interface ConnexeaseOptions {
  /** 0, the default, lets the operating system choose. */
  readonly port?: number;
  readonly now?: () => number;
}

type Faults = Pick<Misbehaviour<'jwt' | 'api'>, 'failNext' | 'dropNext' | 'delayNext'>;

export interface PracticeConnexease {
  readonly baseUrl: string;
  readonly seen: {
    /** Tokens generated for a user in the last 24 hours of the service's clock, and ever. */
    generations(username: string): { readonly inADay: number; readonly ever: number };
    isBanned(username: string): boolean;
  };
  readonly control: {
    /** The service's clock, not that of whoever asks. */
    moveClock(byMs: number): void;
    /** What support does. */
    liftBan(username: string): void;
    issueAccountToken(): string;
    revokeAccountToken(token: string): void;
    /** Every JWT so far is refused. */
    rejectTokens(): void;
  } & Faults;
  readonly stop: () => Promise<void>;
}

/** Starts the service. Faults: `port-taken`. */
export async function startConnexease(options: ConnexeaseOptions = {}): Promise<PracticeConnexease> {
  const { server, baseUrl, stop } = await listenOnLoopback(options.port ?? 0);
  const stopping = new AbortController();
  let offsetMs = 0;
  const hostNow = options.now ?? Date.now;
  const now = () => hostNow() + offsetMs;
  const users = new ApiUsers();
  const access = new ConnexeaseAccess(users, now);
  const misbehaviour = new Misbehaviour<'jwt' | 'api'>(stopping.signal);

  const app = express().disable('x-powered-by').disable('etag');
  app.use(onlyLoopback, (_request, response, next) => {
    response.set('Date', new Date(now()).toUTCString());
    next();
  });
  const readText = express.text({ type: 'application/json', limit: '64kb' });
  app.post('/jwt/', misbehaviour.at('jwt'), readText, generateToken(users, access, now));
  app.use(sampleFiles());
  app.use(misbehaviour.at('api'), access.check, sampleApi({ baseUrl, stopped: stopping.signal }));
  app.use((_request, response) => void response.status(404).json({ detail: 'Not found.' }));
  app.use(lastResort);
  server.on('request', app);

  return {
    baseUrl,
    seen: {
      generations: (username) => ({
        inADay: users.generations(username, now()),
        ever: users.allGenerations(username),
      }),
      isBanned: (username) => users.find(username)?.state === 'banned',
    },
    control: {
      moveClock: (byMs) => {
        offsetMs += byMs;
      },
      liftBan: (username) => users.liftBan(username),
      issueAccountToken: () => access.issueAccountToken(),
      revokeAccountToken: (token) => access.revokeAccountToken(token),
      rejectTokens: () => access.rejectTokens(),
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
