/** Services as the broker offers them, for windows without one: every way in, every kind of target. */
import type { Field, FieldName, ServiceView, WayInId, WayInOfferView } from '../../shared/ways-in.ts';

const visible = new Set<FieldName>(['client-id', 'email', 'username', 'header-name']);

function field(name: FieldName, change: Partial<Field> = {}): Field {
  return { name, secret: !visible.has(name), required: true, ...change };
}

const fields: Readonly<Record<WayInId, readonly Field[]>> = {
  'authorization-code': [],
  'device-code': [],
  'client-credentials': [
    field('client-id'),
    field('client-secret', { required: false }),
    field('private-key', { required: false }),
  ],
  'password-login': [field('email'), field('password')],
  'access-token': [field('access-token')],
  'jwt-login': [field('username'), field('password')],
  'api-key': [field('header-name', { required: false, example: 'X-API-Key' }), field('api-key')],
};

const keepsTyped: ReadonlySet<WayInId> = new Set(['client-credentials', 'access-token', 'jwt-login', 'api-key']);

export function offer(id: WayInId, change: Partial<WayInOfferView> = {}): WayInOfferView {
  return { id, fields: [...fields[id]], keepsTyped: keepsTyped.has(id), legacy: false, ...change };
}

export const conexorOffers: readonly WayInOfferView[] = [
  offer('authorization-code'),
  offer('client-credentials'),
  offer('password-login'),
  offer('api-key', { fields: [field('api-key', { example: 'mcp_…' })] }),
];
export const connexeaseOffers: readonly WayInOfferView[] = [
  offer('access-token'),
  offer('jwt-login', { legacy: true }),
];
const anyOffers = ['authorization-code', 'device-code', 'client-credentials', 'access-token', 'api-key'] as const;

function service(id: string, waysIn: readonly WayInOfferView[], change: Partial<ServiceView> = {}): ServiceView {
  return {
    id,
    title: id,
    speaks: 'rest',
    target: 'address',
    asksServer: 'no',
    waysIn: [...waysIn],
    practice: false,
    ...change,
  };
}

const fixed = (resource: string) => ({ target: 'fixed', resource }) as const;

export const sampleServices: ServiceView[] = [
  service('conexor', conexorOffers, { speaks: 'mcp', target: 'short-name' }),
  service('conexor-agent', [offer('api-key', { fields: [field('api-key', { example: 'pk_live_…' })] })], {
    ...fixed('https://app.conexor.io/'),
  }),
  service('connexease', connexeaseOffers, { ...fixed('https://api.connexease.com/') }),
  service('client-credentials-api', [offer('client-credentials')]),
  service(
    'web-api',
    anyOffers.map((id) => offer(id)),
    { asksServer: 'may' },
  ),
  service('practice', conexorOffers, { speaks: 'mcp', target: 'short-name', practice: true }),
  service('practice-connexease', connexeaseOffers, { ...fixed('http://127.0.0.1:4802/'), practice: true }),
  service(
    'mcp',
    anyOffers.map((id) => offer(id)),
    { speaks: 'mcp', title: 'MCP server', asksServer: 'may' },
  ),
];
