/** Request parameters as RFC 6749 s3.1 wants them: empty counts as absent, and none may come twice. */

export interface Parameters {
  readonly get: (name: string) => string | undefined;
  /** The parameters that came more than once. */
  readonly repeated: readonly string[];
}

export function readParameters(source: URLSearchParams): Parameters {
  const names = [...source.keys()];
  return {
    get: (name) => source.get(name) || undefined,
    repeated: names.filter((name, index) => names.indexOf(name) !== index),
  };
}

/** The parameters of a request's address; the origin is only there to make the path parse. */
export const addressParameters = (path: string): URLSearchParams => new URL(path, 'http://127.0.0.1').searchParams;
