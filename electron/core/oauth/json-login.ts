/** A login of a service's own: a name and a password as JSON, for a token (no standard; each service documents its own). */
import { type JsonObject, jsonBody } from './answers.ts';
import type { OAuthFetch } from './http.ts';

export interface LoginAnswer {
  readonly response: Response;
  /** Undefined for anything but a JSON object. */
  readonly body: JsonObject | undefined;
}

/** Asks once, whatever the answer. Throws those of `oauthFetch`. */
export async function askLogin(
  http: OAuthFetch,
  url: string,
  given: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<LoginAnswer> {
  const response = await http(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(given),
    signal,
  });
  return { response, body: await jsonBody(response) };
}
