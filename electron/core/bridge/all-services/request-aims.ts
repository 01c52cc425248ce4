/** Which service a host's request is for: by the name or address in it, which the service itself may have otherwise. */
import { type HostRequest, isObject } from '../message.ts';
import { type Path, withValue } from './json-places.ts';

export interface Aim {
  readonly what: 'tool' | 'prompt' | 'resource';
  /** Where it stands in the message. */
  readonly path: Path;
  /** As the host knows it. */
  readonly name: string;
}

const aims: Readonly<Record<string, Pick<Aim, 'what' | 'path'>>> = {
  'tools/call': { what: 'tool', path: ['params', 'name'] },
  'prompts/get': { what: 'prompt', path: ['params', 'name'] },
  'resources/read': { what: 'resource', path: ['params', 'uri'] },
  'resources/subscribe': { what: 'resource', path: ['params', 'uri'] },
  'resources/unsubscribe': { what: 'resource', path: ['params', 'uri'] },
  'ref/prompt': { what: 'prompt', path: ['params', 'ref', 'name'] },
  'ref/resource': { what: 'resource', path: ['params', 'ref', 'uri'] },
};

/** Undefined for a method that is for no single service; `unnamed` where the name is missing. */
export function aimOf({ method, params }: HostRequest): Aim | 'unnamed' | undefined {
  const ref = method === 'completion/complete' && isObject(params?.['ref']) ? params['ref'] : undefined;
  const kind = method === 'completion/complete' ? (ref?.['type'] ?? '') : method;
  const aim = typeof kind === 'string' && Object.hasOwn(aims, kind) ? aims[kind] : undefined;
  if (!aim) return method === 'completion/complete' ? 'unnamed' : undefined;
  const name = (ref ?? params)?.[String(aim.path.at(-1))];
  return typeof name === 'string' ? { ...aim, name } : 'unnamed';
}

/** The same request by the service's own name for what it is about. */
export function redirected(request: HostRequest, { path, name: before }: Aim, name: string): HostRequest {
  if (name === before) return request;
  const { params } = request;
  const bytes = withValue(request.bytes, path, JSON.stringify(name));
  const last = String(path.at(-1));
  const ref = params?.['ref'];
  const told = path.length === 3 && isObject(ref) ? { ref: { ...ref, [last]: name } } : { [last]: name };
  return { ...request, bytes, params: { ...params, ...told } };
}
