/**
 * What is left at a service that did not cancel an access, and who can end it; the English of the command line and of
 * answers to programs. `reader`: whom it is said to.
 */
import type { WayInId } from './ways-in.ts';

const readers = {
  person: { settings: 'Remove Conexor in your account settings there.', can: '' },
  program: { settings: 'The person can remove Conexor in their account settings there.', can: 'the person can ' },
} as const;

/** Why nobody can say that all of an access is cancelled. */
export function unansweredRenewal(host: string): string {
  return `Conexor began to renew the access and got no answer it could use, so ${host} may have issued newer access that Conexor never had and cannot cancel.`;
}

/** `until`: when the old access ends by itself, in words, where that is known. */
export function leftAtService(wayIn: WayInId, reader: keyof typeof readers, until?: string): string {
  const { settings, can } = readers[reader];
  switch (wayIn) {
    case 'authorization-code':
    case 'device-code':
      return settings;
    case 'access-token':
    case 'api-key':
      return `The key itself stays good at the service: ${can}delete it where it was issued.`;
    case 'client-credentials':
      return `The client and its secret stay good at the service: ${can}delete the client or its secret there.`;
    case 'password-login':
    case 'jwt-login':
      return until === undefined
        ? 'What the login was given ends there by itself.'
        : `What the login was given ends there by itself on ${until}.`;
  }
}
