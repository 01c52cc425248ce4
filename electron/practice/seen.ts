/**
 * What the service saw, so that a test can ask it. Access tokens appear as their `jti`; no token, code or secret is
 * ever kept here.
 */

export interface SeenTokenRequests {
  authorizationCode: number;
  refreshToken: number;
  clientCredentials: number;
  /** Any other grant, none at all, or a body that is not a form. */
  other: number;
}

export interface SeenMcpRequest {
  /** The JSON-RPC method, `response` for a client's answer to the server, or `GET`, `DELETE` of a session. */
  readonly method: string;
  /** The HTTP status answered; 0 where the connection was dropped without one. */
  readonly status: number;
  /** `jti` of the access token, where it was genuine. */
  readonly tokenId?: string;
  /** Organisation whose data it may see, where the token was accepted. */
  readonly organisation?: string;
}

export class PracticeSeen {
  readonly consents = { shown: 0, allowed: 0, denied: 0, refused: 0 };
  readonly tokenRequests: SeenTokenRequests = { authorizationCode: 0, refreshToken: 0, clientCredentials: 0, other: 0 };
  /** HTTP status → how many answers of the token endpoint had it; 0 counts dropped ones. */
  readonly tokenAnswers: Record<number, number> = {};
  readonly logins = { accepted: 0, refused: 0 };
  /** Agents that were registered with an API key, by name. */
  readonly agents: string[] = [];
  codeReuses = 0;
  refreshReuses = 0;
  /** Requests to the revocation endpoint. */
  revocations = 0;
  /** What those requests named. */
  readonly revoked = { accessTokens: 0, refreshTokens: 0, unknown: 0 };
  /** MCP sessions of the older revisions; `closed` counts DELETE only. */
  readonly sessions = { opened: 0, closed: 0, expired: 0, alive: 0 };
  readonly getStreams = { opened: 0, alive: 0 };
  readonly #mcpRequests: SeenMcpRequest[] = [];
  readonly #mcpCounts = new Map<string, Map<number, number>>();
  readonly #accessTokenIds = new Set<string>();

  /** The latest 5,000 MCP messages, oldest first; a message is entered when its answer begins. */
  get mcpRequests(): readonly SeenMcpRequest[] {
    return this.#mcpRequests;
  }

  /** The `jti` of every genuine access token shown at an MCP server, in order of first use. */
  get accessTokenIds(): readonly string[] {
    return [...this.#accessTokenIds];
  }

  /** How many MCP messages had this method (and were answered so), over the whole life of the service. */
  mcpCount(method: string, status?: number): number {
    const byStatus = this.#mcpCounts.get(method);
    if (status !== undefined) return byStatus?.get(status) ?? 0;
    return [...(byStatus?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  enterMcpRequest(request: SeenMcpRequest): void {
    this.#mcpRequests.push(request);
    if (this.#mcpRequests.length > 5_000) this.#mcpRequests.shift();
    const byStatus = this.#mcpCounts.get(request.method) ?? new Map<number, number>();
    this.#mcpCounts.set(request.method, byStatus.set(request.status, (byStatus.get(request.status) ?? 0) + 1));
    if (request.tokenId !== undefined) this.#accessTokenIds.add(request.tokenId);
  }

  enterTokenAnswer(status: number): void {
    this.tokenAnswers[status] = (this.tokenAnswers[status] ?? 0) + 1;
  }
}
