/**
 * Faults on demand, for tests: the next answers of a route fail, come late, or never come. They are used up in the
 * order they were asked for, one per request, before the route itself is reached.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestHandler, Response } from 'express';

export interface NextFailure {
  readonly status: number;
  /** An object is sent as JSON, a string as HTML; absent means an empty answer. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many requests fail so; 1 by default. */
  readonly times?: number;
  /** Waited before answering. */
  readonly delayMs?: number;
}

export interface NextDrop {
  /** True: the request is carried out (a refresh token is used up), and only its answer is lost. */
  readonly afterProcessing?: boolean;
  readonly times?: number;
}

type Fault =
  | { readonly kind: 'fail'; readonly failure: NextFailure }
  | { readonly kind: 'drop'; readonly afterProcessing: boolean }
  | { readonly kind: 'delay'; readonly delayMs: number };

export class Misbehaviour<Route extends string> {
  readonly #queues = new Map<Route, Fault[]>();
  readonly #stopped: AbortSignal;

  constructor(stopped: AbortSignal) {
    this.#stopped = stopped;
  }

  failNext(route: Route, failure: NextFailure): void {
    this.#add(route, { kind: 'fail', failure }, failure.times);
  }

  dropNext(route: Route, drop: NextDrop = {}): void {
    this.#add(route, { kind: 'drop', afterProcessing: drop.afterProcessing ?? false }, drop.times);
  }

  delayNext(route: Route, delayMs: number, times?: number): void {
    this.#add(route, { kind: 'delay', delayMs }, times);
  }

  left(route: Route): number {
    return this.#queues.get(route)?.length ?? 0;
  }

  /** Stands in front of a route. */
  at(route: Route): RequestHandler {
    return async (_request, response, next) => {
      const fault = this.#queues.get(route)?.shift();
      if (fault === undefined) return next();
      if (fault.kind === 'drop') {
        if (!fault.afterProcessing) return drop(response);
        loseAnswer(response);
        return next();
      }
      const delayMs = fault.kind === 'delay' ? fault.delayMs : (fault.failure.delayMs ?? 0);
      if (delayMs > 0 && !(await this.#waited(delayMs))) return drop(response);
      if (fault.kind === 'delay') return next();
      const { status, headers, body } = fault.failure;
      response.status(status).set(headers ?? {});
      if (body === undefined) response.end();
      else if (typeof body === 'string') response.type('html').send(body);
      else response.json(body);
    };
  }

  #add(route: Route, fault: Fault, times = 1): void {
    const queue = this.#queues.get(route) ?? [];
    for (let left = times; left > 0; left -= 1) queue.push(fault);
    this.#queues.set(route, queue);
  }

  async #waited(delayMs: number): Promise<boolean> {
    return wait(delayMs, true, { signal: this.#stopped }).catch(() => false);
  }
}

function drop(response: Response): void {
  response.emit('dropped');
  response.socket?.destroy();
}

/** Lets the route write into nothing; the connection breaks where the answer would have ended. */
function loseAnswer(response: Response): void {
  response.writeHead = () => response;
  response.flushHeaders = () => undefined;
  response.write = () => true;
  response.end = () => {
    drop(response);
    return response;
  };
}

/**
 * Tells the status as soon as an answer begins, or 0 when it was dropped; once. Must stand in front of `at`, whose
 * lost answers then never reach the status line.
 */
export function onAnswer(response: Response, tell: (status: number) => void): void {
  let told = false;
  const once = (status: number) => {
    if (!told) tell(status);
    told = true;
  };
  const writeHead = response.writeHead.bind(response);
  response.writeHead = ((status: number, ...rest: []) => {
    once(status);
    return writeHead(status, ...rest);
  }) as typeof response.writeHead;
  response.once('dropped', () => once(0));
  // A client that hung up before any answer.
  response.once('close', () => once(0));
}
