/** What a server of the newer era refuses by itself (MCP 2026-07-28, "Standard headers", "Versions"): here no one service can. */
import { type ErrorAnswer, plainError } from '../fault-answers.ts';
import { firstModernVersion, type HostRequest } from '../message.ts';
import { modernHeaders } from '../modern-headers.ts';
import type { HostHeaders } from '../modern-session.ts';

const headerMismatchCode = -32020;
const unsupportedVersionCode = -32022;
const mirrored = ['mcp-protocol-version', 'mcp-method', 'mcp-name'];

/** Undefined where the headers say what the message does. */
export function headerMismatch(request: HostRequest, headers: HostHeaders): ErrorAnswer | undefined {
  const wanted = modernHeaders(request, undefined);
  const wrong = mirrored.find((name) => wanted[name] && decoded(wanted[name]) !== decoded(headers[name]));
  return wrong === undefined
    ? undefined
    : plainError(request.id, headerMismatchCode, `The header ${wrong} does not say what the message does.`);
}

/** Undefined where it is one that we speak. */
export function unknownVersion({ id, modernVersion: requested }: HostRequest): object | undefined {
  if (requested === undefined || requested === firstModernVersion) return undefined;
  const answer = plainError(id, unsupportedVersionCode, 'This revision of MCP is not supported.');
  return { ...answer, error: { ...answer.error, data: { supported: [firstModernVersion], requested } } };
}

function decoded(value: string | undefined): string | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value ?? '')?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString();
}
