/** `POST /api/plugins/register` with `{name}` as JSON, for agents: a `pk_live_…` key in `X-API-Key`, and 401 without. */
import type { Request, RequestHandler, Response } from 'express';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { apiError, neverCached } from './answers.ts';
import { readJson } from './parameters.ts';
import type { PracticeState } from './state.ts';

/** Whatever the method: nobody without the key learns more. */
export const needsAgentKey =
  (state: PracticeState): RequestHandler =>
  (request, response, next) => {
    const accepted = state.acceptsKeys && request.get('x-api-key') === practiceCredentials.conexor.agentKey;
    if (accepted) next();
    else apiError(response, 401, 'Invalid or expired token');
  };

export const registerAgent =
  ({ seen }: PracticeState) =>
  (request: Request, response: Response) => {
    const name = readJson(request.body)?.get('name');
    if (name === undefined) return apiError(response, 400, 'name is missing');
    seen.agents.push(name);
    neverCached(response)
      .status(201)
      .json({ id: `plugin_${seen.agents.length}`, name });
  };
