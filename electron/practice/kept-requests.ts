/**
 * Requests as they came, for tests that compare what the product sends byte for byte. They hold every secret that was
 * sent, so nothing is kept unless it is asked for.
 */
import type { Request, RequestHandler } from 'express';
import { onAnswer } from './misbehaviour.ts';

export interface KeptRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names and values as sent, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What was answered; 0 where the connection broke without an answer. */
  readonly status: number;
}

export class KeptRequests {
  readonly #keeps: boolean;
  readonly #all: KeptRequest[] = [];

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  /** In the order in which they were answered. */
  get all(): readonly KeptRequest[] {
    return this.#all;
  }

  /** Stands in front of everything else. */
  readonly keep: RequestHandler = (request, response, next) => {
    if (this.#keeps) onAnswer(response, (status) => this.#all.push(kept(request, status)));
    next();
  };
}

function kept(request: Request, status: number): KeptRequest {
  const { method, originalUrl, rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method, target: originalUrl, headers, body: bodyOf(request), status };
}

function bodyOf({ body }: Request): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return typeof body === 'string' ? body : '';
}
