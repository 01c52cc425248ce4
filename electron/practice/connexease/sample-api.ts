/** A few resources of a customer service, made up: lists, pages, something to post, a stream, a file kept elsewhere. */
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Request, type Response, Router } from 'express';
import { addressParameters } from '../parameters.ts';

export interface SampleApiNeeds {
  readonly baseUrl: string;
  readonly stopped: AbortSignal;
}

const agents = ['Ana Torres', 'Deniz Kaya', 'Lena Weber'].map((name, index) => ({ id: index + 1, name }));
const conversations = Array.from({ length: 25 }, (_, index) => ({
  id: index + 1,
  subject: `Order ${1001 + index}`,
  agent: agents[index % agents.length]?.id,
  open: index % 4 === 0,
}));
const pageSize = 10;

export function sampleApi({ baseUrl, stopped }: SampleApiNeeds): Router {
  let messages = 0;
  return Router()
    .get('/', (_request, response) => {
      response.json({ endpoints: ['/agents/', '/conversations/?page=', '/messages/', '/events/', '/attachments/1/'] });
    })
    .get('/agents/', (_request, response) => void response.json({ count: agents.length, results: agents }))
    .get('/conversations/', (request, response) => onePage(baseUrl, request, response))
    .post('/messages/', express.text({ type: () => true, limit: '4mb' }), (request, response) => {
      messages += 1;
      const received = typeof request.body === 'string' ? request.body : '';
      response.status(201).json({ id: messages, contentType: request.get('content-type') ?? null, received });
    })
    .get('/events/', (request, response) => events(stopped, request, response))
    .get('/attachments/1/', (_request, response) => {
      // To another name of this computer, and so to another origin.
      response.redirect(302, `${baseUrl.replace('127.0.0.1', 'localhost')}/files/1`);
    });
}

/** What a redirect leads to: for anybody, so that a test can see what came along. */
export function sampleFiles(): Router {
  return Router().get('/files/1', (_request, response) => void response.type('text').send('A practice attachment.\n'));
}

function onePage(baseUrl: string, request: Request, response: Response): void {
  const page = Number(addressParameters(request.originalUrl).get('page') ?? '1');
  const from = (page - 1) * pageSize;
  if (!Number.isInteger(page) || page < 1 || from >= conversations.length) {
    response.status(404).json({ detail: 'Invalid page.' });
    return;
  }
  const address = (other: number) => `${baseUrl}/conversations/?page=${other}`;
  response.json({
    count: conversations.length,
    next: from + pageSize < conversations.length ? address(page + 1) : null,
    previous: page > 1 ? address(page - 1) : null,
    results: conversations.slice(from, from + pageSize),
  });
}

/** One line of JSON after another: `?count=` of them, the next one `&delayMs=` later. */
async function events(stopped: AbortSignal, request: Request, response: Response): Promise<void> {
  const wanted = addressParameters(request.originalUrl);
  const count = Math.min(Number(wanted.get('count') ?? '5') || 0, 10_000);
  const delayMs = Math.min(Number(wanted.get('delayMs') ?? '100') || 0, 10_000);
  response.type('application/x-ndjson');
  for (let n = 1; n <= count && !response.destroyed; n += 1) {
    response.write(`${JSON.stringify({ event: n, of: count })}\n`);
    if (n < count) await wait(delayMs, undefined, { signal: stopped }).catch(() => response.destroy());
  }
  response.end();
}
