/**
 * One request to a web API, whoever asks for it: with the connection's access, which is renewed once where it is refused,
 * and the request sent once more where its body is still there (P-48); noted, told to the broker, and taken back while it
 * runs.
 */
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { Access } from '../broker/broker.ts';
import type { Door } from '../broker/programs.ts';
import { isSameCredential, withoutSecret } from '../credentials/credential.ts';
import { strangersAnswer } from '../oauth/network-trouble.ts';
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
    const call: RestCall = { client, isLet: turn.isLet, route, stop, access: undefined };
    // Before anything is waited for: what is taken away meanwhile is not used afterwards.
    this.#calls.begin(call);
    try {
      call.access = await unlessStopped(stop.signal, route.access());
      outcome = await this.#exchanged(turn, call.access, call);
    } catch (thrown) {
      const fault = call.takenBack ?? asFault(thrown);
      outcome = thrown instanceof Instead ? thrown.answer.error : fault.code;
      if (thrown instanceof NotSent) outcome = undefined;
      else if (!call.takenBack && turn.isGone()) outcome = 'cancelled';
      else if (!call.takenBack) route.reportFault(fault);
      throw call.takenBack ?? thrown;
    } finally {
      this.#calls.end(call);
      const account = call.access?.accountLabel;
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
    const body = await unlessStopped(turn.stop.signal, turn.body());
    try {
      const { isPlacesOwn, ...exchanged } = await this.#sent(turn, access, body, call);
      const { status } = exchanged.response;
      const stranger = strangersAnswer({ status, contentType: undefined, location: undefined, host: hostOf(access) });
      if (stranger) {
        exchanged.response.discard();
        throw new Fault(stranger, { reason: `status ${status}`, subject: hostOf(access) });
      }
      // What a place answers for reasons of its own says nothing of the account.
      if (!isPlacesOwn) reportRefusal(route, exchanged);
      if (status === 401 && !isPlacesOwn) throw await refusedAccess(exchanged);
      const isAnswer = status < 400 || codeOfStatus(status) === undefined;
      if (isAnswer) route.succeeded(exchanged.access, status < 400 ? 'tools/call' : '');
      exchanged.response.resume();
      await turn.pass(exchanged);
      if (isPlacesOwn) return 'forbidden';
      return isAnswer ? 'done' : (outcomeOf(exchanged.response) ?? 'done');
    } finally {
      body.release();
    }
  }

  async #sent(turn: RestTurn, access: Access, body: RequestBody, call: RestCall): Promise<Judged> {
    const { client, door, connection, method, target, headers, stop } = turn;
    const { signal } = stop;
    const asker = { connectionId: connection.id, client, ...(door === undefined ? {} : { door }) };
    const { accessTokens } = this.#context.broker;
    const send = async (by: Access, first: boolean): Promise<UpstreamResponse> => {
      await unlessStopped(signal, Promise.resolve(turn.before?.(by)));
      const again = first ? undefined : await unlessStopped(signal, body.again());
      if (again === false) throw new Instead(sendAgain(connection));
      // After the last wait: the broker's word now, whether or not it has been heard of as a change.
      if (!turn.isLet()) throw new Fault('client-key-wrong', { reason: 'key removed' });
      accessTokens.admit(asker);
      if (again !== undefined) return exchangeAt(this.#context.http, by, { method, target, headers, signal, ...again });
      const all = { ...headers, ...lengthField(body.length) };
      return exchangeAt(this.#context.http, by, { method, target, headers: all, signal, ...bodyOf(body.first) });
    };
    const asAsked = async (by: Access, first: boolean): Promise<UpstreamResponse> => {
      const response = await send(by, first);
      if (!response.asksAgain) return response;
      response.discard();
      return send(by, false);
    };

    const response = await asAsked(access, true);
    if (response.status !== 401 || access.credential === undefined) {
      return { response, access, isPlacesOwn: false };
    }
    // Held until it is known whose 401 this is.
    response.pause();
    const renewal = accessTokens.get({ ...asker, rejected: access });
    const renewed = await unlessStopped(signal, renewal).catch(async (thrown) => {
      const fault = asFault(thrown);
      if (fault.code === 'sign-in-needed') throw await refusedAccess({ response, access });
      response.abort();
      throw fault;
    });
    if (isSameCredential(renewed.credential, access.credential)) return { response, access, isPlacesOwn: true };
    response.resume();
    response.discard();
    // Not carried out yet: it goes as whoever is bound now, as if it had come a moment later.
    call.access = renewed;
    const second = await asAsked(renewed, false);
    if (second.status !== 401) return { response: second, access: renewed, isPlacesOwn: false };
    second.pause();
    return { response: second, access: renewed, isPlacesOwn: await accessTokens.isTaken(renewed) };
  }
}

/** An answer, and for a 401 whether the service takes the access elsewhere: then that is the place's own answer. */
interface Judged extends Exchanged {
  readonly isPlacesOwn: boolean;
}

/** Nothing is waited for once the call is to end; what was under way goes on by itself, for others. */
function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new Fault('answer-lost', { reason: 'cancelled' }));
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}

function bodyOf(body: RequestBody['first']): Pick<Parameters<typeof exchangeAt>[2], 'body'> {
  return body === undefined ? {} : { body };
}

/** The service does not take this access: what it said is kept for the program, and the challenge is for nobody. */
async function refusedAccess({ response, access }: Exchanged): Promise<Fault> {
  response.resume();
  const bytes = await response.collect(maxRefusalBytes).catch(() => Buffer.alloc(0));
  // What is compressed would be told as noise.
  const isReadable = /^(?:identity)?$/i.test(response.header('content-encoding')?.trim() ?? '');
  const body = isReadable && bytes.length > 0 ? withoutAccess(bytes, access) : undefined;
  return new Fault('sign-in-needed', {
    reason: 'status 401',
    subject: hostOf(access),
    upstream: { status: 401, ...(body === undefined ? {} : { body }) },
  });
}

/** JSON or text, in which the access is not read, should the service repeat it. */
function withoutAccess(bytes: Buffer, { credential }: Access): unknown {
  const plain = (text: string) => (credential ? withoutSecret(text, credential) : text);
  const json = parseJson(bytes);
  try {
    // Written anew: a string has more than one spelling.
    if (json !== undefined) return JSON.parse(plain(JSON.stringify(json)));
  } catch {
    // Nested so deep that it can be read but not written.
  }
  return plain(bytes.toString());
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
