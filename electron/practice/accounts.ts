/**
 * The people (and one machine) that can act at the practice service. One person holds three accounts, as a consultant
 * does. The address `/mcp/<organisation>/<server>` names a server; whose data comes back is decided by the account in
 * the access token, never by the address: so one connection can switch accounts and show that it did.
 */

import { practiceCredentials } from '../../shared/practice-credentials.ts';

export interface Account {
  /** The value of its radio button on the consent page. */
  readonly id: string;
  /** The `sub` of its tokens. */
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  /** The `org` of its tokens, and the key of its sample data. */
  readonly organisation: string;
  readonly organisationName: string;
}

const ana = 'Ana Torres';

export const accounts: readonly [Account, ...Account[]] = [
  {
    id: 'acme',
    subject: 'user_ana_acme',
    name: ana,
    email: 'ana.torres@acme.example',
    organisation: 'acme',
    organisationName: 'Acme Trading',
  },
  {
    id: 'globex',
    subject: 'user_ana_globex',
    name: ana,
    email: 'ana.torres@globex.example',
    organisation: 'globex',
    organisationName: 'Globex',
  },
  {
    id: 'private',
    subject: 'user_ana_private',
    name: ana,
    email: 'ana@torres.example',
    organisation: 'ana-torres',
    organisationName: 'Private account',
  },
];

/** Who calls with a client-credentials token or an API key: the organisation's own machine, without an e-mail address. */
export const machineAccount: Account = {
  id: 'machine',
  subject: practiceCredentials.conexor.clientId,
  name: 'Acme nightly report',
  email: '',
  organisation: 'acme',
  organisationName: 'Acme Trading',
};

/** The MCP servers that exist, as `<organisation>/<server>`; any account may call any of them. */
export const serverPaths: readonly string[] = ['acme/sales-api', 'globex/sales-api'];

export const findAccount = (id: string): Account | undefined => accounts.find((account) => account.id === id);

/** Every person has the same practice password. */
export const findAccountByLogin = (email: string, password: string): Account | undefined =>
  password === practiceCredentials.conexor.password ? accounts.find((account) => account.email === email) : undefined;

export const accountOfSubject = (subject: string): Account | undefined =>
  [...accounts, machineAccount].find((account) => account.subject === subject);
