/** What a request brings: parameters as RFC 6749 s3.1 wants them (empty counts as absent, none twice), or JSON. */

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

/** Texts of a JSON object that came as text; undefined where it is none. What is no text counts as absent. */
export function readJson(body: unknown): { readonly get: (name: string) => string | undefined } | undefined {
  try {
    const value: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const members = new Map<string, unknown>(Object.entries(value));
    return {
      get: (name) => {
        const member = members.get(name);
        return typeof member === 'string' && member !== '' ? member : undefined;
      },
    };
  } catch {
    return undefined;
  }
}
