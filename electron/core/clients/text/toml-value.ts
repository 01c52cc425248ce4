/** Values as TOML 1.0: one line for each member of a table, and what is nested on that line. */

/** Without those that are undefined. Throws `TypeError` for what TOML cannot hold. */
export function writtenMembers(table: object): readonly string[] {
  return Object.entries(table)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${writtenKey(name)} = ${written(value)}`);
}

export function writtenKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : writtenText(name);
}

function written(value: unknown): string {
  if (typeof value === 'string') return writtenText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isNaN(value) ? 'nan' : String(value).replace('Infinity', 'inf');
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object' || value === null) throw new TypeError('TOML has no such value');
  if (value instanceof Date) return value.toISOString();
  const members = writtenMembers(value);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The escapes of JSON are escapes of TOML, which wants one more. */
function writtenText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F');
}
