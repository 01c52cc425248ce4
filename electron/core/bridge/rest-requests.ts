/**
 * One request to a web API, whoever asks for it: with the connection's access, which is renewed once where it is refused,
 * and the request sent once more where its body is still there (P-48); noted, told to the broker, and taken back while it
 * runs.
 */
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { Access } from '../broker/broker.ts';
import { oneLine } from '../broker/one-line.ts';
import type { Door } from '../broker/programs.ts';
import type { BridgeContext } from './bridge-context.ts';
import { exchangeAt, hostOf, type RestMethod, type UpstreamResponse } from './exchange.ts';
import { parseJson } from './message.ts';
import { codeOfStatus, missingScopes } from './refusal.ts';
import { reportRefusal } from './refuse.ts';
import type { OwnAnswer } from './rest-answers.ts';
import type { RequestBody } from './rest-body.ts';
import { type RestCall, RestCalls } from './rest-calls.ts';
import { lengthField } from './rest-headers.ts';
import { Instead } from './rest-request.ts';
import type { Route } from './route.ts';
import type { Exchanged } from './upstream.ts';

/** More of a refused request's answer is not kept for the program. */
const maxRefusalBytes = 16 * 1024;

/** Who asks. */
export interface RestAsker {
  readonly client: string;
  /** Absent for the person's own tools. */
  readonly door: Door | undefined;
  /** Its key still holds. */
  readonly isLet: () => boolean;
}

/** One request on its way. */
export interface RestTurn extends RestAsker {
  readonly route: Route;
  readonly connection: ConnectionView;
  readonly method: RestMethod;
  /** Path and query, seen to be below the resource's path. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for when there is access. */
  readonly body: () => Promise<RequestBody>;
  readonly stop: AbortController;
  /** Nobody is there any more to be told. */
  readonly isGone: () => boolean;
  /** Asked with each access before anything is sent with it; throws `NotSent` where nothing is to be. */
  readonly before?: (access: Access) => Promise<void> | undefined;
  /** What becomes of an answer that is the service's own. */
  readonly pass: (exchanged: Exchanged) => Promise<void>;
}

/** The program was told something in place of the request, which is no call of anything. */
export class NotSent extends Error {}

export class RestRequests {
  readonly #context: BridgeContext;
  readonly #calls: RestCalls;

  constructor(context: BridgeContext) {
    this.#context = context;
    this.#calls = new RestCalls(context.broker);
  }

  /** Resolves when the answer has been passed on. Throws faults, `Instead`, `NotSent`. */
  async carry(turn: RestTurn): Promise<void> {
    const { broker, now } = this.#context;
    const { route, client, door, connection, method, target, stop } = turn;
    const startedAtMs = now();
    if (door !== undefined) broker.noteUse(connection.id, client, door);
    let outcome: string | undefined = 'done';
    let call: RestCall | undefined;
    try {
      const access = await route.access();
      call = { client, isLet: turn.isLet, route, stop, accountId: access.accountId };
      this.#calls.begin(call);
      outcome = await this.#exchanged(turn, access, call);
    } catch (thrown) {
      const fault = call?.takenBack ?? asFault(thrown);
      outcome = thrown instanceof Instead ? thrown.answer.error : fault.code;
      if (thrown instanceof NotSent) outcome = undefined;
      else if (!call?.takenBack && turn.isGone()) outcome = 'cancelled';
      else if (!call?.takenBack) route.reportFault(fault);
      throw call?.takenBack ?? thrown;
    } finally {
      if (call) this.#calls.end(call);
      const account = route.labelOf(call?.accountId);
      if (outcome !== undefined) {
        broker.noteCall({
          connectionId: connection.id,
          ...(door === undefined ? {} : { program: client }),
          ...(account === undefined ? {} : { account }),
          // What is asked for stands in the path; values are in the query, which is nobody's business.
          tool: oneLine(`${method} ${target.replace(/\?.*$/, '')}`),
          outcome,
          tookMs: Math.max(0, now() - startedAtMs),
        });
      }
    }
  }

  close(): void {
    this.#calls.close();
  }

  /** Sends the request and passes its answer on; how it ended, in the words of the activity. */
  async #exchanged(turn: RestTurn, access: Access, call: RestCall): Promise<string> {
    const { route } = turn;
    const body = await turn.body();
    try {
      const exchanged = await this.#sent(turn, access, body, call);
      const { status } = exchanged.response;
      reportRefusal(route, exchanged);
      if (status === 401) throw await refusedAccess(exchanged);
      const isAnswer = status < 400 || codeOfStatus(status) === undefined;
      if (isAnswer) route.succeeded(exchanged.access, status < 400 ? 'tools/call' : '');
      await turn.pass(exchanged);
      return isAnswer ? 'done' : (outcomeOf(exchanged.response) ?? 'done');
    } finally {
      body.release();
    }
  }

  async #sent(turn: RestTurn, access: Access, body: RequestBody, call: RestCall): Promise<Exchanged> {
    const { client, door, connection, method, target, headers, stop } = turn;
    const { signal } = stop;
    const send = async (by: Access, first: boolean): Promise<UpstreamResponse> => {
      await turn.before?.(by);
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
    const asker = { connectionId: connection.id, client, ...(door === undefined ? {} : { door }) };
    const renewed = await this.#context.broker.accessTokens.get({ ...asker, rejected: access }).catch((thrown) => {
      const fault = asFault(thrown);
      throw fault.code === 'sign-in-needed' ? refused : fault;
    });
    // Not carried out yet: it goes as whoever is bound now, as if it had come a moment later.
    call.accountId = renewed.accountId;
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
