/** Which requests are passed on to a web API: plain ones, with a method and a path that lead nowhere else. */
import type { IncomingMessage } from 'node:http';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import { foldedName, type RestMethod } from './exchange.ts';
import { keyOf } from './guard.ts';
import { type LocalPlace, targetBelow } from './rest-address.ts';
import type { OwnAnswer } from './rest-answers.ts';
import { methodOverrides } from './rest-headers.ts';

/** TRACE would have a service say our access aloud, and CONNECT is for proxies. */
const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] satisfies RestMethod[];
/** What a program is told in place of a service's answer, and how that is remembered. */
export class Instead extends Error {
  readonly answer: OwnAnswer;
  constructor(answer: OwnAnswer) {
    super(answer.error);
    this.answer = answer;
  }
}

/** Throws what is no request that can be passed on. */
export function askedFor(
  request: IncomingMessage,
  place: LocalPlace,
  { speaks, resource, title, name }: ConnectionView,
): { readonly method: RestMethod; readonly target: string } {
  if (speaks !== 'rest') {
    throw new Instead({
      status: 404,
      error: 'no-web-api',
      message: `${title} is a server of tools for assistants (MCP), not a web API.`,
      next: `Its local address is /mcp/${name}.`,
    });
  }
  const method = methods.includes(request.method ?? '') ? (request.method as RestMethod) : undefined;
  if (method === undefined) {
    throw new Instead({
      status: 405,
      error: 'method-not-allowed',
      message: 'Requests with this method are not passed on.',
      next: `Use one of ${methods.join(', ')}.`,
    });
  }
  const isOther = ([name, value]: [string, unknown]) =>
    methodOverrides.includes(foldedName(name)) && String(value).trim().toUpperCase() !== method;
  if (Object.entries(request.headers).some(isOther)) {
    // Without the field, which is not passed on, it would do something else than was meant.
    throw new Instead({
      status: 400,
      error: 'method-override',
      message: 'A header field says that this request is meant as one of another method, so nothing was sent.',
      next: `Send it with that method itself: one of ${methods.join(', ')}.`,
    });
  }
  // Some programs offer h2c with every request and go on without it.
  const upgrade = request.headers.upgrade?.trim().toLowerCase();
  if (upgrade !== undefined && upgrade !== 'h2c') {
    throw new Instead({
      status: 501,
      error: 'upgrade-refused',
      message: 'Only plain requests are passed on, no WebSocket or other protocol.',
      next: 'Send the request without Upgrade.',
    });
  }
  const key = keyOf(request);
  const found = targetBelow(resource, place);
  if ('refused' in found || (key && found.target.includes(key))) {
    throw new Instead({
      status: 400,
      error: 'address-refused',
      message:
        'refused' in found
          ? `This address could lead out of ${title} (${found.refused}), so nothing was sent.`
          : 'The key of this program stands in the address, so nothing was sent.',
      next:
        'refused' in found
          ? 'Write the path without dot segments, encoded slashes and other tricks.'
          : 'Send the key in the Authorization header only.',
    });
  }
  return { method, target: found.target };
}
