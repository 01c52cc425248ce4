/** The calls of one conversation with a web API's tools: from what a program asks for to what it is told. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { faultSentence } from '../../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { RestMethod } from '../exchange.ts';
import { isRefused, type OwnProgram } from '../own-servers/own-server.ts';
import { Instead } from '../rest-request.ts';
import { NotSent, type RestRequests } from '../rest-requests.ts';
import { Route } from '../route.ts';
import { signInResult } from '../sign-in-tool.ts';
import { helpsToSignIn, signInTool } from '../stand-in.ts';
import { aboutService } from '../stand-in-response.ts';
import type { SwitchNotice } from '../switch-notice.ts';
import { apiAnswer } from './api-answer.ts';
import { type AskedRequest, readAsked } from './request-input.ts';

export interface ApiCallsNeeds {
  readonly context: BridgeContext;
  readonly requests: RestRequests;
  readonly program: OwnProgram;
  /** Of the connection. */
  readonly id: string;
  /** How long a call takes at most. */
  readonly waitMs: number;
  readonly notice: SwitchNotice;
}

type Input = Parameters<typeof readAsked>[1] & { readonly method: RestMethod };

export class ApiCalls {
  readonly #needs: ApiCallsNeeds;
  #askedToSignIn = false;

  constructor(needs: ApiCallsNeeds) {
    this.#needs = needs;
  }

  /** Never throws: whatever becomes of it is told in words. */
  async call(tool: string, input: Input, isLet: () => boolean, signal: AbortSignal): Promise<CallToolResult> {
    const { broker } = this.#needs.context;
    const title = () => broker.snapshot().connections.find(({ id }) => id === this.#needs.id)?.title;
    try {
      return await this.#answer(tool, input, isLet, signal);
    } catch (thrown) {
      if (thrown instanceof NotSent) return refusal(thrown.message);
      if (thrown instanceof Instead) return refusal(`${thrown.answer.message} ${thrown.answer.next}`);
      const fault = aboutService(asFault(thrown), title());
      const helps = helpsToSignIn(fault) ? ` The tool ${signInTool} begins a sign-in.` : '';
      return refusal(`${faultSentence(fault)}${helps}`);
    }
  }

  async #answer(tool: string, input: Input, isLet: () => boolean, signal: AbortSignal): Promise<CallToolResult> {
    const { requests, program, notice, waitMs } = this.#needs;
    const connection = this.#connection();
    const { method } = input;
    const { target, headers, body } = this.#asked(connection, input);
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) stop.abort();
    // From here on, whatever takes so long: a host that has given up reads nothing of it.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), waitMs);
    const whenLate = () => stop.abort();
    late.signal.addEventListener('abort', whenLate);
    let result: CallToolResult | undefined;
    try {
      await requests.carry({
        ...program,
        isLet,
        route: this.#route(),
        connection,
        method,
        target,
        headers,
        body: async () => body,
        stop,
        // Nor does it say that the service is out of reach.
        isGone: () => signal.aborted || late.signal.aborted,
        before: (access) =>
          notice.words({ name: tool, arguments: input }, access)?.then((text) => {
            if (text !== undefined) throw new NotSent(text);
          }),
        pass: async (exchanged) => {
          // There is an answer: as much of it is told as comes in time.
          late.signal.removeEventListener('abort', whenLate);
          result = await apiAnswer(connection, target, exchanged, late.signal);
        },
      });
    } catch (thrown) {
      throw late.signal.aborted && !signal.aborted ? new NotSent(lateInWords(connection, method, waitMs)) : thrown;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
    if (result === undefined) throw new Fault('internal', { reason: 'an answer without a result' });
    return result;
  }

  #asked(connection: ConnectionView, input: Input): AskedRequest {
    const { context, program } = this.#needs;
    try {
      return readAsked(connection, input, {
        'accept-encoding': 'identity',
        'user-agent': `conexor/${context.version}`,
      });
    } catch (thrown) {
      // What is wrong with a request is told with the service's name and address.
      if (isRefused(connection, program)) throw new Fault('program-refused', { subject: program.client });
      throw thrown;
    }
  }

  async signIn(): Promise<CallToolResult> {
    const { broker } = this.#needs.context;
    try {
      const connection = this.#connection();
      const fault = await this.#route()
        .access()
        .then(() => undefined, asFault);
      const result = await signInResult({
        broker,
        connection,
        fault: fault && aboutService(fault, connection.title),
        askedBefore: this.#askedToSignIn,
        asked: () => {
          this.#askedToSignIn = true;
        },
        afterwards: 'the other tools work',
      });
      return result as CallToolResult;
    } catch (thrown) {
      return refusal(faultSentence(asFault(thrown)));
    }
  }

  #connection(): ConnectionView {
    const { context, id } = this.#needs;
    const connection = context.broker.findConnection(id);
    if (connection.speaks === 'rest') return connection;
    throw new Fault('connection-unknown', { subject: connection.title, reason: 'no web API any more' });
  }

  #route(): Route {
    const { context, program, id } = this.#needs;
    const { client, door } = program;
    return new Route(context.broker, context.http, id, { client, ...(door === undefined ? {} : { door }) });
  }
}

function lateInWords({ title }: ConnectionView, method: RestMethod, waitMs: number): string {
  const what = `${title} had not answered after ${Math.ceil(waitMs / 1000)} seconds`;
  return method === 'GET' || method === 'HEAD'
    ? `${what}, so Conexor stopped waiting. Ask for less, or try again later.`
    : `${what}, so Conexor stopped waiting; the request may have been carried out or not. Check before you try again.`;
}

function refusal(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
