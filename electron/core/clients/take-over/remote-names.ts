/**
 * How `mcp-remote` calls the files of a sign-in: by the MD5 of the address, as it is written, and of whatever else has
 * told sign-ins apart since. What counts has grown (0.1.38: resource and headers; 0.9: parameters and the client's own
 * address; 0.15: the token endpoint), so one entry may have files of several names.
 */
import { createHash } from 'node:crypto';
import type { Secret } from '../../vault/secret.ts';
import type { RemoteHeader } from './remote-command.ts';

export interface NamedBy {
  readonly address: string;
  readonly resource?: string | undefined;
  readonly authorizeParams?: readonly Secret[] | undefined;
  readonly headers?: readonly RemoteHeader[] | undefined;
  readonly metadataUrl?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
}

/** All names, in hexadecimal, that some version gives to the sign-in of these words. */
export function remoteNames(by: NamedBy): readonly string[] {
  const either = (part: string | undefined) => (part ? [[], [part]] : [[]]);
  const names: string[] = [];
  for (const resource of either(by.resource)) {
    for (const params of either(paramsOf(by.authorizeParams ?? []))) {
      for (const headers of headerParts(by.headers ?? [])) {
        for (const url of either(by.metadataUrl)) {
          for (const endpoint of either(by.tokenEndpoint)) {
            names.push(nameOf([by.address, ...resource, ...params, ...headers, ...url, ...endpoint]));
          }
        }
      }
    }
  }
  return [...new Set(names)];
}

function nameOf(parts: readonly string[]): string {
  return createHash('md5').update(parts.join('|')).digest('hex');
}

/** Before 0.1.38 they did not count; versions with and without the blank behind the colon are both about. */
function headerParts(headers: readonly RemoteHeader[]): readonly (readonly string[])[] {
  if (headers.length === 0) return [[]];
  const written = new Map(headers.map(({ name, value }) => [name, value.open()]));
  const trimmed = new Map([...written].map(([name, value]) => [name, value.replace(/^\s+/, '')]));
  return [[], [sortedJson(written)], [sortedJson(trimmed)]];
}

function paramsOf(params: readonly Secret[]): string | undefined {
  const pairs = params.flatMap((param) => {
    const text = param.open();
    const at = text.indexOf('=');
    return at < 1 ? [] : [[text.slice(0, at).trim(), text.slice(at + 1)] as const];
  });
  return pairs.length === 0 ? undefined : sortedJson(new Map(pairs));
}

function sortedJson(values: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries(values), [...values.keys()].sort());
}
