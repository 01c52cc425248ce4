/** Every way in, found by its id or by the grant that it gave. */
import { Fault } from '../../../shared/faults.ts';
import type { WayInId } from '../../../shared/ways-in.ts';
import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import { accessToken, apiKey } from './given-token.ts';
import { jwtLogin } from './jwt-login.ts';
import { passwordLogin } from './password-login.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

export interface WaysIn {
  /** Throws `input-invalid` for one that this version does not have. */
  byId(id: WayInId): WayIn;
  of(grant: { readonly wayIn: WayInId }): WayIn;
}

export function createWaysIn(needs: WayInNeeds): WaysIn {
  const all = [
    authorizationCode('authorization-code', needs),
    authorizationCode('device-code', needs),
    clientCredentials(needs),
    passwordLogin(needs),
    accessToken(needs),
    jwtLogin(needs),
    apiKey(needs),
  ];
  const ways = new Map(all.map((wayIn) => [wayIn.id, wayIn]));
  const byId = (id: WayInId): WayIn => {
    const wayIn = ways.get(id);
    if (!wayIn) throw new Fault('input-invalid', { subject: id, thing: 'way-in' });
    return wayIn;
  };
  return { byId, of: ({ wayIn }) => byId(wayIn) };
}
