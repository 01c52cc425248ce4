/**
 * Web APIs for local programs: `/api/<connection>/…` is the same request at the connection's own origin, below its
 * path, with the connection's access in place of the program's key. Bodies stream both ways at the pace of whoever
 * reads.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asFault } from '../../../shared/faults.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { withoutSecret } from '../credentials/credential.ts';
import type { BridgeContext } from './bridge-context.ts';
import { type Caller, keyOf } from './guard.ts';
import { isBodiless } from './response-body.ts';
import { type LocalPlace, localAddress } from './rest-address.ts';
import { answerOfFault, type OwnAnswer, sendOwn } from './rest-answers.ts';
import { RequestBodies } from './rest-body.ts';
import { answerFields, requestFields } from './rest-headers.ts';
import { askedFor, Instead } from './rest-request.ts';
import { RestRequests } from './rest-requests.ts';
import { Route } from './route.ts';
import type { Exchanged } from './upstream.ts';

/** Where an answer goes. */
interface Turn {
  readonly connection: ConnectionView;
  readonly place: LocalPlace;
  readonly target: string;
  readonly response: ServerResponse;
}

export class RestForward {
  readonly #context: BridgeContext;
  readonly #requests: RestRequests;
  readonly #bodies = new RequestBodies();

  constructor(context: BridgeContext) {
    this.#context = context;
    this.#requests = new RestRequests(context);
  }

  /** Answers one request, whatever becomes of it. Never throws. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    place: LocalPlace,
    { client, isLet }: Caller,
  ): Promise<void> {
    const { broker, http, now } = this.#context;
    try {
      const connection = broker.findConnection(place.connection);
      const { method, target } = askedFor(request, place, connection);
      const door = 'http';
      const stop = new AbortController();
      // Told to it, since it owns the connection while it is worked on: see http-turns.ts.
      response.on('close', () => stop.abort());
      await this.#requests.carry({
        route: new Route(broker, http, connection.id, { client, door }),
        client,
        door,
        isLet,
        connection,
        method,
        target,
        headers: requestFields(request, keyOf(request)),
        body: () => this.#bodies.take(request),
        stop,
        isGone: () => response.destroyed,
        pass: (exchanged) => passBack({ connection, place, target, response }, exchanged),
      });
    } catch (thrown) {
      sendOwn(response, thrown instanceof Instead ? thrown.answer : answerOfFault(asFault(thrown)), now());
    }
  }

  close(): void {
    this.#requests.close();
  }
}

/** Throws for a redirect that leads away from the connection: who follows it shows our key to strangers. */
async function passBack({ connection, place, target, response }: Turn, exchanged: Exchanged): Promise<void> {
  const { response: answer, access } = exchanged;
  const { resource } = access;
  const from = new URL(resource).origin + target;
  const local = (address: string) => localAddress(resource, from, place.spelled, address);
  // A service may repeat what it was sent: the access is for no program to read.
  const plain = (text: string) => (access.credential ? withoutSecret(text, access.credential) : text);
  const location = answer.header('location');
  if (answer.status >= 300 && answer.status < 400 && location !== undefined && local(location) === undefined) {
    answer.discard();
    throw new Instead(redirectElsewhere(connection, plain(location), from));
  }
  // It has been carried out: a field that cannot be passed on is left out, and no reason to say otherwise.
  for (const [name, value] of Object.entries(answerFields(answer.headers, local))) {
    try {
      response.setHeader(name, typeof value === 'string' ? plain(value) : value.map(plain));
    } catch {
      response.removeHeader(name);
    }
  }
  // It has no body: a length would be waited for by some (RFC 9110 s8.6).
  if (isBodiless(answer.status)) response.removeHeader('content-length');
  response.writeHead(answer.status);
  // Not `flushHeaders`, which would write them as UTF-8.
  response.write(Buffer.alloc(0));
  await new Promise<void>((resolve, reject) => {
    answer.read({
      data(chunk) {
        if (response.write(chunk)) return;
        answer.pause();
        response.once('drain', () => answer.resume());
      },
      end() {
        response.end();
        resolve();
      },
      lost: reject,
    });
  });
}

/** `location` is free of the access. */
function redirectElsewhere({ title, resource }: ConnectionView, location: string, from: string): OwnAnswer {
  const url = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const where = url && /^https?:$/.test(url.protocol) ? { location: url.href } : {};
  const whereTo =
    url?.origin === new URL(from).origin
      ? `${url.pathname} at its own host, which is not below ${resource}`
      : `${url?.host || 'another address'}, which does not belong to this connection`;
  return {
    status: 502,
    error: 'redirect-elsewhere',
    message: `${title} sends this request on to ${whereTo}.`,
    next: 'Conexor does not follow. If you trust that address, ask there without the key of this program.',
    ...where,
  };
}
