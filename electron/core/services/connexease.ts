/**
 * Connexease, a web API for customer service: an account's access token that its support issues, or the older login
 * for a token of 24 hours under the word `JWT`. Over 30 such logins a day the service bans the user.
 */
import type { Service } from './service.ts';

const origin = 'https://api.connexease.com';
const dayMs = 24 * 60 * 60 * 1000;

/** The same at any base address. */
export function connexeaseAt(base: string, place: Pick<Service, 'id' | 'title'> & Partial<Service>): Service {
  return {
    speaks: 'rest',
    waysIn: [
      { way: 'access-token', remindAfterDays: 90 },
      { way: 'jwt-login', loginPath: '/jwt/', scheme: 'JWT', lifeMs: dayMs, dailyLimit: 10 },
    ],
    legacyWays: ['jwt-login'],
    resource: base,
    owns: (resource) => resource.origin === base,
    scopeSeparator: ' ',
    sendsResource: false,
    ...place,
  };
}

export const connexease: Service = connexeaseAt(origin, { id: 'connexease', title: 'Connexease' });
