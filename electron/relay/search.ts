/**
 * Looking for a broker, and starting one where a program needs it: quickly at first, ever more slowly after that, never
 * in the way of one that somebody else is starting.
 */
import { connect } from 'node:net';
import { homedir } from 'node:os';
import type { Duplex } from 'node:stream';
import { dataDirOf, socketTrust } from '../core/bridge/socket-path.ts';
import { notRunning } from './answers.ts';
import { isWsl } from './in-wsl.ts';
import { startBroker } from './start-broker.ts';

/** A broker that was stopped on purpose may be about to be followed by another: one that is started would be in its way. */
const successorWaitMs = 3_000;
/** A broker that could not be started is not started again before. */
const startPauseMs = 10_000;
/** A connection that held this long was a good one. */
const goodMs = 5_000;
const firstPauseMs = 50;
/** Pauses between two looks: while a request waits, in the first minutes, and after that. */
const longestPausesMs = { asked: 500, first: 5_000, later: 30_000 } as const;
const firstMinutesMs = 5 * 60_000;

export interface SearchOptions {
  /** The broker's socket, or why it cannot be used. */
  readonly path: string | { readonly refusal: string };
  readonly dataDir: string | undefined;
  /** The client and the connection, for a relay in our place. */
  readonly words: readonly string[];
  /** Whether a request waits for a broker. */
  readonly isAsked: () => boolean;
  /** A stream to which nothing has been said yet: to a broker, or to a relay that has said hello to one. */
  readonly found: (stream: Duplex, to: 'broker' | 'relay') => void;
  /** There is none to be had, and why: once again for as long as that is fresh. */
  readonly failed: (words: string) => void;
}

export class Search {
  readonly #options: SearchOptions;
  #doing: 'nothing' | 'connecting' | 'starting' | 'started' = 'nothing';
  /** The host's own start is a reason to start a broker; after that only its requests are. */
  #isFirst = true;
  #foundAtMs: number | undefined;
  #awayFromMs = now();
  #failure: { readonly words: string; readonly untilMs: number } | undefined;
  #pauseMs = firstPauseMs;
  #lookedAtMs = 0;
  #nextLookMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#look();
  }

  /** The broker that was found is gone. `wasInUse`: the host's conversation was with it. */
  again(wasInUse: boolean): void {
    const nowMs = now();
    if (wasInUse) this.#awayFromMs = nowMs;
    if (wasInUse && nowMs - (this.#foundAtMs ?? nowMs) > goodMs) this.#pauseMs = firstPauseMs;
    this.#lookLater();
  }

  /** A request has come. Why it need not wait, where that is known. */
  soon(): string | undefined {
    if (this.#failure && now() < this.#failure.untilMs && !this.#mayBeThere()) return this.#failure.words;
    if (this.#doing !== 'nothing') return undefined;
    const inMs = Math.max(0, this.#lookedAtMs + longestPausesMs.asked - now());
    if (this.#nextLookMs > now() + inMs) this.#lookIn(inMs);
    return undefined;
  }

  /** Somebody may have started one since it was looked for last. */
  #mayBeThere(): boolean {
    const { path } = this.#options;
    return (
      typeof path === 'string' && !isWindowsMeant() && process.platform !== 'win32' && socketTrust(path) === 'ours'
    );
  }

  #look(): void {
    this.#lookedAtMs = now();
    const { path } = this.#options;
    if (isWindowsMeant()) {
      this.#absent('stopped');
      return;
    }
    const trust = typeof path === 'string' ? socketTrust(path) : path;
    if (typeof trust === 'object') this.#fail(trust.refusal);
    else if (trust === 'absent' || typeof path !== 'string') this.#absent('stopped');
    else this.#connect(path);
  }

  #connect(path: string): void {
    const wasStarted = this.#doing === 'started';
    this.#doing = 'connecting';
    const socket = connect({ path, allowHalfOpen: true });
    const onError = (error: NodeJS.ErrnoException) => {
      this.#doing = wasStarted ? 'started' : 'nothing';
      // A socket that nobody listens on was left behind by a broker that was killed.
      this.#absent(error.code === 'ECONNREFUSED' ? 'killed' : 'stopped');
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      this.#found(socket, 'broker');
    });
  }

  #found(stream: Duplex, to: 'broker' | 'relay'): void {
    this.#doing = 'nothing';
    this.#isFirst = false;
    this.#failure = undefined;
    this.#foundAtMs = now();
    this.#options.found(stream, to);
  }

  /** No broker listens. A program that asks for something gets one, but none gets into the way of the next. */
  #absent(because: 'stopped' | 'killed'): void {
    if (this.#doing === 'started') {
      this.#fail(notRunning);
      return;
    }
    const nowMs = now();
    const hasFailed = this.#failure !== undefined && nowMs < this.#failure.untilMs;
    if (hasFailed && this.#failure) this.#options.failed(this.#failure.words);
    const isWanted = this.#isFirst || this.#options.isAsked();
    const isAlone =
      because === 'killed' || this.#foundAtMs === undefined || nowMs - this.#awayFromMs >= successorWaitMs;
    if (hasFailed || !isWanted || !isAlone) this.#lookLater();
    else this.#start();
  }

  #start(): void {
    this.#isFirst = false;
    this.#doing = 'starting';
    startAny(this.#options).then(
      (relay) => {
        if (relay) {
          this.#found(relay, 'relay');
          return;
        }
        this.#doing = 'started';
        this.#look();
      },
      (thrown: Error) => this.#fail(thrown.message),
    );
  }

  #fail(words: string): void {
    this.#doing = 'nothing';
    this.#isFirst = false;
    this.#failure = { words, untilMs: now() + startPauseMs };
    this.#options.failed(words);
    this.#lookLater();
  }

  #lookLater(): void {
    const longestMs = now() - this.#awayFromMs < firstMinutesMs ? longestPausesMs.first : longestPausesMs.later;
    const pauseMs = Math.min(this.#pauseMs, this.#options.isAsked() ? longestPausesMs.asked : longestMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestMs);
    this.#lookIn(pauseMs);
  }

  #lookIn(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#nextLookMs = now() + pauseMs;
    this.#timer = setTimeout(() => this.#look(), pauseMs);
  }
}

/** Said by a person in WSL, where a broker of its own may run as well. */
function isWindowsMeant(): boolean {
  return process.env['CONEXOR_WSL'] === 'windows' && process.platform === 'linux';
}

/** A broker here, or, in WSL, the relay of Windows: then its stream. Rejects with what the host is to read. */
async function startAny({ dataDir, words }: SearchOptions): Promise<Duplex | undefined> {
  if (
    process.platform === 'linux' &&
    process.env['CONEXOR_WSL'] !== 'linux' &&
    (isWindowsMeant() || isWsl(process.env))
  ) {
    const { joinWindowsRelay, windowsRelay } = await import('./wsl.ts');
    const { env, platform } = process;
    const own = dataDirOf({ env, platform, homedir: homedir(), dataDir });
    const found = await windowsRelay({ env, dataDir: own, isNamed: dataDir !== undefined });
    if (found) return joinWindowsRelay(found, words);
  }
  await startBroker(dataDir);
  return undefined;
}

/** In ms, and no clock that somebody sets. */
export function now(): number {
  return performance.now();
}
