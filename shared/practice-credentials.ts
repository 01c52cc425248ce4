/**
 * What one signs in with at the practice services that come with this program. Public by design: they open nothing but
 * made-up data on this computer, and pages of help, the demo and the tests show them as they are.
 */

const password = 'practice-password';

export const practiceCredentials = {
  /** `practice` and `practice-agent`: Conexor's ways in. In the browser, the page itself offers its accounts. */
  conexor: {
    /** In the browser with PKCE, without a secret. */
    publicClientId: 'client_practice',
    clientId: 'client_practice_confidential',
    clientSecret: 'secret_practice_9f2c7d41',
    email: 'ana.torres@acme.example',
    password,
    apiKey: 'mcp_practice_5b81e0',
    agentKey: 'pk_live_practice_3d64a7',
  },
  /** `practice-connexease`. */
  connexease: {
    accessToken: 'connexease_practice_token_6ea1',
    username: 'ana.torres',
    password,
    /** Users with the same password that the service turns away, each for another reason. */
    secondFactorUsername: 'second.factor',
    bannedUsername: 'banned.agent',
    inactiveUsername: 'inactive.agent',
  },
  /** `practice-api`: client credentials over HTTP Basic. The secret has signs that are encoded on the way. */
  api: {
    clientId: 'practice-client',
    clientSecret: 'practice-secret/with+signs%and:colons',
  },
} as const;
