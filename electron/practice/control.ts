/** The levers a test or the demo pulls while the service runs. */
import type { ServerResponse } from 'node:http';
import type { McpEndpoint } from './mcp-endpoint.ts';
import type { Misbehaviour, NextDrop, NextFailure } from './misbehaviour.ts';
import type { Scope } from './scopes.ts';
import type { PracticeState } from './state.ts';

export type PracticeRoute = 'token' | 'login' | 'revoke' | 'mcp' | 'agent';

export interface PracticeControl {
  /** The next request(s) of a route get this answer instead. Faults are used up in the order they were asked for. */
  readonly failNext: (route: PracticeRoute, failure: NextFailure) => void;
  /** The next request(s) lose their connection: before anything happens, or after it happened. */
  readonly dropNext: (route: PracticeRoute, drop?: NextDrop) => void;
  /** The next request(s) are carried out, late. */
  readonly delayNext: (route: PracticeRoute, delayMs: number, times?: number) => void;
  /** How many of the faults asked for are still to come at a route. */
  readonly faultsLeft: (route: PracticeRoute) => number;
  /** Every MCP session answers 404 from now on. */
  readonly expireSessions: () => Promise<void>;
  /** Every code, refresh and access token so far is refused, as when an administrator takes all access back. */
  readonly revokeEverything: () => void;
  /** Every access token so far gets 401; refreshing still works. */
  readonly rejectAccessTokens: () => void;
  /** False: API keys get 401 from now on, as after their end in the dashboard. */
  readonly acceptKeys: (accepted: boolean) => void;
  /** After so many more tool calls, 402; undefined lifts the limit. */
  readonly setPlanLimit: (calls: number | undefined) => void;
  /** For tokens issued from now on. */
  readonly setAccessTokenLifeMs: (lifeMs: number) => void;
  /** Consents from now on grant at most these scopes; undefined grants what is asked. */
  readonly grantAtMost: (scopes: readonly Scope[] | undefined) => void;
  /** Breaks every MCP answer that has begun and not ended; tells how many. */
  readonly cutStreams: () => number;
  /** Sends `notifications/tools/list_changed` to everyone who listens, in both eras. */
  readonly announceToolsChanged: () => void;
}

export function createControl(
  state: PracticeState,
  misbehaviour: Misbehaviour<PracticeRoute>,
  mcp: McpEndpoint,
  openAnswers: ReadonlySet<ServerResponse>,
): PracticeControl {
  return {
    failNext: (route, failure) => misbehaviour.failNext(route, failure),
    dropNext: (route, drop) => misbehaviour.dropNext(route, drop),
    delayNext: (route, delayMs, times) => misbehaviour.delayNext(route, delayMs, times),
    faultsLeft: (route) => misbehaviour.left(route),
    expireSessions: () => mcp.sessions.expire(),
    revokeEverything: () => state.grants.revokeEverything(),
    rejectAccessTokens: () => state.grants.revokeAllAccessTokens(),
    acceptKeys: (accepted) => {
      state.acceptsKeys = accepted;
    },
    setPlanLimit: (calls) => {
      state.callsLeft = calls;
    },
    setAccessTokenLifeMs: (lifeMs) => {
      state.accessTokenLifeMs = lifeMs;
    },
    grantAtMost: (scopes) => {
      state.grantable = scopes;
    },
    cutStreams: () => {
      const begun = [...openAnswers].filter((answer) => answer.headersSent && !answer.writableFinished);
      for (const answer of begun) answer.socket?.destroy();
      return begun.length;
    },
    announceToolsChanged: () => {
      mcp.sessions.announceToolsChanged();
      mcp.modern.notify.toolsChanged();
    },
  };
}
