/** What an account is called where the service does not say whose it is: by what was entered. Stored, so not translated. */
import type { AccountView } from './snapshot.ts';
import type { WayInId } from './ways-in.ts';

export function labelOfNobody(wayIn: WayInId): string {
  if (wayIn === 'access-token') return 'Access key';
  return wayIn === 'api-key' ? 'API key' : 'Account';
}

/** Nobody has given it a name yet: neither the service nor the person. */
export function isUnnamed({ label, wayIn, email }: Pick<AccountView, 'label' | 'wayIn' | 'email'>): boolean {
  return email === undefined && label.replace(/ \d+$/, '') === labelOfNobody(wayIn);
}
