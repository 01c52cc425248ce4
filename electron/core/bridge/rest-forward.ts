/**
 * Web APIs for local programs: `/api/<connection>/…` is the same request at the connection's own origin, below its
 * path, with the connection's access in place of the program's key. Bodies stream both ways at the pace of whoever
 * reads. A refused access is renewed once, and the request sent once more where its body is still there (P-48).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { Access } from '../broker/broker.ts';
import { oneLine } from '../broker/one-line.ts';
import type { BridgeContext } from './bridge-context.ts';
import { exchangeAt, hostOf, type RestMethod, type UpstreamResponse } from './exchange.ts';
import { type Caller, keyOf } from './guard.ts';
import { parseJson } from './message.ts';
import { codeOfStatus, missingScopes } from './refusal.ts';
import { reportRefusal } from './refuse.ts';
import { type LocalPlace, localAddress } from './rest-address.ts';
import { answerOfFault, type OwnAnswer, sendOwn } from './rest-answers.ts';
import { type RequestBody, takeBody } from './rest-body.ts';
import { type RestCall, RestCalls } from './rest-calls.ts';
import { answerFields, lengthField, requestFields } from './rest-headers.ts';
import { askedFor, Instead } from './rest-request.ts';
import { Route } from './route.ts';
import type { Exchanged } from './upstream.ts';

/** More of a refused request's answer is not kept for the program. */
const maxRefusalBytes = 16 * 1024;

/** One request on its way. */
interface Turn {
  readonly route: Route;
  readonly caller: Caller;
  readonly connection: ConnectionView;
  readonly place: LocalPlace;
  readonly method: RestMethod;
  readonly target: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly stop: AbortController;
}

export class RestForward {
  readonly #context: BridgeContext;
  readonly #calls: RestCalls;

  constructor(context: BridgeContext) {
    this.#context = context;
    this.#calls = new RestCalls(context.broker);
  }

  /** Answers one request, whatever becomes of it. Never throws. */
  async serve(request: IncomingMessage, response: ServerResponse, place: LocalPlace, caller: Caller): Promise<void> {
    const { broker, now } = this.#context;
    try {
      const connection = broker.findConnection(place.connection);
      const { method, target } = askedFor(request, place, connection);
      const route = new Route(broker, this.#context.http, connection.id, { client: caller.client, door: 'http' });
      const stop = new AbortController();
      response.on('close', () => stop.abort());
      await this.#carry({ route, caller, connection, place, method, target, request, response, stop });
    } catch (thrown) {
      sendOwn(response, thrown instanceof Instead ? thrown.answer : answerOfFault(asFault(thrown)), now());
    }
  }

  close(): void {
    this.#calls.close();
  }

  async #carry(turn: Turn): Promise<void> {
    const { broker, now } = this.#context;
    const { route, caller, connection, method, target, response } = turn;
    const startedAtMs = now();
    broker.noteUse(connection.id, caller.client, 'http');
    let outcome: string = 'done';
    let call: RestCall | undefined;
    try {
      const access = await route.access();
      call = { client: caller.client, isLet: caller.isLet, route, stop: turn.stop, accountId: access.accountId };
      this.#calls.begin(call);
      outcome = await this.#exchanged(turn, access);
    } catch (thrown) {
      const fault = call?.takenBack ?? asFault(thrown);
      outcome = thrown instanceof Instead ? thrown.answer.error : fault.code;
      // Nobody is there any more to be told.
      if (!call?.takenBack && response.destroyed) outcome = 'cancelled';
      else if (!call?.takenBack) route.reportFault(fault);
      throw call?.takenBack ?? thrown;
    } finally {
      if (call) this.#calls.end(call);
      const account = route.labelOf(call?.accountId);
      broker.noteCall({
        connectionId: connection.id,
        program: caller.client,
        ...(account === undefined ? {} : { account }),
        // What is asked for stands in the path; values are in the query, which is nobody's business.
        tool: oneLine(`${method} ${target.replace(/\?.*$/, '')}`),
        outcome,
        tookMs: Math.max(0, now() - startedAtMs),
      });
    }
  }

  /** Sends the request and passes its answer on; how it ended, in the words of the activity. */
  async #exchanged(turn: Turn, access: Access): Promise<string> {
    const { route, request } = turn;
    const body = await takeBody(request);
    try {
      const exchanged = await this.#sent(turn, access, body);
      const { status } = exchanged.response;
      reportRefusal(route, exchanged);
      if (status === 401) throw await refusedAccess(exchanged);
      const isAnswer = status < 400 || codeOfStatus(status) === undefined;
      if (isAnswer) route.succeeded(exchanged.access, status < 400 ? 'tools/call' : '');
      await passBack(turn, exchanged);
      return isAnswer ? 'done' : (outcomeOf(exchanged.response) ?? 'done');
    } finally {
      body.release();
    }
  }

  async #sent(turn: Turn, access: Access, body: RequestBody): Promise<Exchanged> {
    const { caller, connection, method, target, request, stop } = turn;
    const headers = requestFields(request, keyOf(request));
    const { signal } = stop;
    const send = (by: Access, first: boolean): Promise<UpstreamResponse> => {
      if (first) {
        const all = { ...headers, ...lengthField(body.length) };
        return exchangeAt(this.#context.http, by, { method, target, headers: all, signal, ...bodyOf(body.first) });
      }
      const again = body.again();
      if (again === false) throw new Instead(sendAgain(connection));
      return exchangeAt(this.#context.http, by, { method, target, headers, signal, ...again });
    };
    const asAsked = async (by: Access, first: boolean): Promise<UpstreamResponse> => {
      const response = await send(by, first);
      if (!response.asksAgain) return response;
      response.discard();
      return send(by, false);
    };

    const response = await asAsked(access, true);
    if (response.status !== 401 || access.credential === undefined) return { response, access };
    const refused = await refusedAccess({ response, access });
    const asker = { connectionId: connection.id, client: caller.client, door: 'http' as const };
    const renewed = await this.#context.broker.accessTokens.get({ ...asker, rejected: access }).catch((thrown) => {
      const fault = asFault(thrown);
      throw fault.code === 'sign-in-needed' ? refused : fault;
    });
    // Not carried out yet: it goes as whoever is bound now, as if it had come a moment later.
    return { response: await asAsked(renewed, false), access: renewed };
  }
}

function bodyOf(body: RequestBody['first']): Pick<Parameters<typeof exchangeAt>[2], 'body'> {
  return body === undefined ? {} : { body };
}

/** The service does not take this access: what it said is kept for the program, and the challenge is for nobody. */
async function refusedAccess({ response, access }: Exchanged): Promise<Fault> {
  const bytes = await response.collect(maxRefusalBytes).catch(() => Buffer.alloc(0));
  const body = parseJson(bytes) ?? (bytes.length > 0 ? bytes.toString() : undefined);
  return new Fault('sign-in-needed', {
    reason: 'status 401',
    subject: hostOf(access),
    upstream: { status: 401, ...(body === undefined ? {} : { body }) },
  });
}

function sendAgain({ title }: ConnectionView): OwnAnswer {
  return {
    status: 502,
    error: 'send-again',
    message: `${title} did not take the access, which has been renewed since; the request was not carried out.`,
    next: 'Send it again: its body was too large to be kept here.',
  };
}

function outcomeOf(response: UpstreamResponse): FaultCode | undefined {
  return missingScopes(response) ? 'permission-needed' : codeOfStatus(response.status);
}

/** Throws for a redirect that leads away from the connection: who follows it shows our key to strangers. */
async function passBack({ connection, place, target, response }: Turn, exchanged: Exchanged): Promise<void> {
  const { response: answer, access } = exchanged;
  const { resource } = access;
  const from = new URL(resource).origin + target;
  const local = (address: string) => localAddress(resource, from, place.spelled, address);
  const location = answer.header('location');
  if (answer.status >= 300 && answer.status < 400 && location !== undefined && local(location) === undefined) {
    answer.discard();
    throw new Instead(redirectElsewhere(connection, location, from));
  }
  response.writeHead(answer.status, answerFields(answer.headers, { local }));
  response.flushHeaders();
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

function redirectElsewhere({ title }: ConnectionView, location: string, from: string): OwnAnswer {
  const url = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const where = url && /^https?:$/.test(url.protocol) ? { location: url.href } : {};
  return {
    status: 502,
    error: 'redirect-elsewhere',
    message: `${title} sends this request on to ${url?.host || 'another address'}, which does not belong to this connection.`,
    next: 'Conexor does not follow. If you trust that address, ask there without the key of this program.',
    ...where,
  };
}
