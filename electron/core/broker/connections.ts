/** Connections: one configured resource each, found by id, name or address. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import { serviceNamed } from '../../../shared/service-names.ts';
import { parseResourceUrl } from '../oauth/urls.ts';
import { allServices, requireService, serviceById, serviceFor } from '../services/catalogue.ts';
import type { Service } from '../services/service.ts';
import { withScheme } from '../services/typed-address.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { serviceRemoved } from './connection-changes.ts';

export interface NewConnection {
  /** A service's id or name in any case, a short name that its service understands (`acme/sales-api`), or an address. */
  readonly target: string;
  /** The service whose rules hold, where the address alone does not tell. */
  readonly service?: string | undefined;
  readonly name?: string | undefined;
  readonly redirect?: ConnectionRecord['redirect'] | undefined;
  readonly client?: ConnectionRecord['client'] | undefined;
  /** The way in to suggest; the service's own first one unless given. */
  readonly wayIn?: ConnectionRecord['wayIn'] | undefined;
  /** The authorization server, where the person names it. */
  readonly authorizationServer?: ConnectionRecord['authorizationServer'] | undefined;
  /** Asked for at every sign-in, besides what the service itself suggests. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * What a person typed, as service and address.
 * Throws `input-invalid`, `address-invalid`, `address-insecure`.
 */
export function parseTarget(
  target: string,
  wantedService: string | undefined,
): { readonly service: Service; readonly resource: string } {
  const text = target.trim();
  const wanted = wantedService === undefined ? undefined : requireService(wantedService);
  // The name of a service that has one address for everybody, or nothing but that it is wanted.
  const named = serviceNamed(allServices, text);
  const fixed = wanted ?? named;
  if (fixed?.resource !== undefined && (text === '' || named === fixed)) {
    return { service: fixed, resource: fixed.resource };
  }
  const byShortName = wanted ?? serviceById('conexor');
  const isShortName = byShortName?.resourceFor !== undefined && /^[\w.-]+\/[\w.-]+$/.test(text);
  // Where nobody has said whose it is, what looks like an address is one.
  const address = isShortName && wanted ? undefined : withScheme(text);
  if (address !== undefined) {
    return { service: serviceFor(parseResourceUrl(address), wantedService), resource: address };
  }
  if (byShortName?.resourceFor && isShortName) {
    return { service: byShortName, resource: byShortName.resourceFor(text) };
  }
  // Whoever pastes a key or a command here must not find it in an error message.
  const isHarmless = /^[a-z][a-z.-]{0,29}$/i.test(text);
  throw new Fault('address-invalid', { ...(isHarmless ? { subject: `"${text}"` } : {}), advice: 'address-forms' });
}

/** The rules that hold for a connection; those of any server where its service is no longer known. */
export function serviceOf(connection: Pick<ConnectionRecord, 'service' | 'resource'>): Service {
  return serviceById(connection.service) ?? serviceFor(new URL(connection.resource));
}

/** What people call it: its service's name, its host where the service is none that we know by name. */
export function titleOf(connection: ConnectionRecord): string {
  const service = serviceById(connection.service);
  return service?.generic ? new URL(connection.resource).host : (service?.title ?? connection.name);
}

/** By id, name or address; with no reference, the only one there is. Throws `connection-unknown`, `connection-ambiguous`. */
export function findConnectionRecord(vault: Vault, reference: string | undefined): ConnectionRecord {
  const all = vault.list('connection');
  if (reference === undefined || reference === '') {
    if (all.length === 1 && all[0]) return all[0];
    if (all.length === 0) throw new Fault('connection-unknown');
    throw new Fault('connection-ambiguous', { subject: all.map((connection) => connection.name).join(', ') });
  }
  const found = all.find(
    (connection) =>
      connection.id === reference ||
      connection.name === reference.toLowerCase() ||
      sameAddress(connection.resource, reference),
  );
  if (found) return found;
  // Nobody calls a service by its id but a window that has not heard yet that it is gone.
  throw isId.test(reference) ? serviceRemoved() : new Fault('connection-unknown', { subject: reference });
}

const isId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function newConnection(
  vault: Vault,
  service: Service,
  resource: string,
  input: NewConnection,
  nowMs: number,
): ConnectionRecord {
  const name = input.name === undefined ? freeName(vault, service, resource) : checkedName(vault, input.name);
  return {
    id: randomUUID(),
    name,
    service: service.id,
    resource,
    createdAtMs: nowMs,
    paused: false,
    access: 'authorization-code',
    wayIn: input.wayIn ?? service.waysIn[0]?.way ?? 'authorization-code',
    authorizationServer: input.authorizationServer,
    extraScopes: [...(input.scopes ?? [])],
    redirect: input.redirect,
    client: input.client,
    accountByClient: {},
  };
}

/** Two spellings of one address; a trailing slash counts, since servers tell them apart. */
export function sameAddress(a: string, b: string): boolean {
  if (a === b) return true;
  return URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;
}

function checkedName(vault: Vault, name: string): string {
  const wanted = name.trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(wanted)) {
    throw new Fault('input-invalid', { subject: name, thing: 'service-name' });
  }
  if (vault.list('connection').some((connection) => connection.name === wanted)) {
    throw new Fault('connection-exists', { subject: wanted });
  }
  return wanted;
}

function freeName(vault: Vault, service: Service, resource: string): string {
  const url = new URL(resource);
  const base = service.generic ? url.hostname : service.id;
  const last = url.pathname.split('/').filter(Boolean).at(-1) ?? '';
  const taken = new Set(vault.list('connection').map((connection) => connection.name));
  const candidates = [slug(base), slug(`${base}-${last}`)];
  for (let n = 2; n < 1000; n++) candidates.push(slug(`${base}-${last}-${n}`));
  return candidates.find((candidate) => candidate !== '' && !taken.has(candidate)) ?? randomUUID();
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
}
