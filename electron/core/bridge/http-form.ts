/** What is no request that can be served, whatever its address: refused in words, not by a bare status or a closed door. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ContainerDoor } from './container-door.ts';
import type { HttpTurns } from './http-turns.ts';
import type { OwnAnswer } from './rest-answers.ts';

const notHttp = ['request-malformed', 'This is no request of HTTP/1.1.'] as const;
const tooLarge = ['too-large', 'The request line and header fields are larger than 16 KiB together.'] as const;
const tooLate = ['timed-out', 'The request did not come in time.'] as const;

/** For what Node makes no request of. */
export function refuseInWords(server: Server, turns: HttpTurns): void {
  server.on('connect', (_request, stream) => {
    const socket = stream as Socket;
    socket.on('error', () => undefined);
    if (turns.isBusy(socket)) socket.destroy();
    else say(socket, 405, ['method-not-allowed', 'This is no proxy; ask for /mcp/… or /api/… here.']);
  });
  server.on('checkExpectation', (_request, response) => {
    response.on('error', () => response.destroy());
    turns.take(response, () => {
      const body = json(['expectation-failed', 'Only Expect: 100-continue is understood.']);
      response.writeHead(417, { ...fieldsOf(body), connection: 'close' }).end(body);
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    // What follows a last request is nobody's, and takes its answer from nobody.
    if (error.code === 'HPE_CLOSED_CONNECTION' || socket.writableEnded) return;
    // In the middle of an answer nothing else can be said.
    if (!socket.writable || turns.isBusy(socket)) socket.destroy();
    else if (error.code === 'HPE_HEADER_OVERFLOW') say(socket, 431, tooLarge);
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      say(socket, 408, tooLate);
      socket.destroy();
    } else say(socket, 400, notHttp);
  });
}

/** Why a request is not looked at further; undefined for one that is. */
export function formRefusal({ headers, headersDistinct }: IncomingMessage): OwnAnswer | undefined {
  if ((headersDistinct['host']?.length ?? 0) > 1) {
    return {
      status: 400,
      error: 'request-malformed',
      message: 'There is more than one Host field, so nobody can say whom this request is for (RFC 9112 s3.2).',
      next: 'Send one.',
    };
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
    return {
      status: 501,
      error: 'transfer-coding',
      message: 'Of transfer codings only "chunked" is understood (RFC 9112 s6.1), so nothing was sent.',
      next: 'Send the body as it is; one that is compressed is told by Content-Encoding.',
    };
  }
  return undefined;
}

/** `http://127.0.0.1:<port>/…` is what stands behind it (RFC 9112 s3.2.2). Throws `host-refused` for other places. */
export function takeAbsoluteForm(request: IncomingMessage, places: Pick<ContainerDoor, 'placeOf'>): void {
  const [, authority, rest] = /^http:\/\/([^/?#]*)(.*)$/is.exec(request.url ?? '') ?? [];
  if (authority === undefined) return;
  places.placeOf(request);
  request.headers.host = authority;
  request.url = rest?.startsWith('/') ? rest : `/${rest ?? ''}`;
}

type Words = readonly [error: string, message: string];

const json = ([error, message]: Words) => JSON.stringify({ error, message });

function fieldsOf(body: string) {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  };
}

function say(socket: Socket, status: number, words: Words): void {
  const body = json(words);
  const fields = Object.entries({ ...fieldsOf(body), connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
