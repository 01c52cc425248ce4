/**
 * The practice services that come with this program: the documented facts of each service at an address on this
 * computer. By itself an address belongs to one only at its own port, because another program on this computer may have
 * addresses of the same shape; named by a person, it may have any port.
 */
import { isLoopbackHost } from '../oauth/urls.ts';
import { clientCredentialsApiAt } from './client-credentials-api.ts';
import { conexorAgentAt, conexorAt, hasConexorPath } from './conexor.ts';
import { connexeaseAt } from './connexease.ts';
import type { Service } from './service.ts';

/** Where each listens unless told otherwise. */
export const practicePort = 4801;
export const practiceConnexeasePort = 4802;
export const practiceApiPort = 4803;

const baseAt = (port: number) => `http://127.0.0.1:${port}`;
const isAt = (resource: URL, port: number) => isLoopbackHost(resource.hostname) && resource.port === String(port);

const here = { practice: true, accepts: (resource: URL) => isLoopbackHost(resource.hostname) } as const;

export const practice: Service = conexorAt(baseAt(practicePort), {
  ...here,
  id: 'practice',
  title: 'Conexor practice service',
  owns: (resource) => isAt(resource, practicePort) && hasConexorPath(resource),
  clientId: 'client_practice',
});

export const practiceAgent: Service = conexorAgentAt(baseAt(practicePort), {
  ...here,
  id: 'practice-agent',
  title: 'Conexor agents (practice)',
});

export const practiceConnexease: Service = connexeaseAt(baseAt(practiceConnexeasePort), {
  ...here,
  id: 'practice-connexease',
  title: 'Connexease (practice)',
  owns: (resource) => isAt(resource, practiceConnexeasePort),
});

export const practiceApi: Service = clientCredentialsApiAt({
  ...here,
  id: 'practice-api',
  title: 'Web API (practice)',
  generic: false,
  resource: baseAt(practiceApiPort),
  owns: (resource) => isAt(resource, practiceApiPort),
});
