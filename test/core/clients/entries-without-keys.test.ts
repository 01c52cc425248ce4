/** Programs that can start the relay are never given a key: what is written into their settings is a command alone. */
import { describe, expect, it } from 'vitest';
import { clientPrograms } from '../../../electron/core/clients/programs/catalogue.ts';

const relay = ['/usr/bin/node', '/home/ana/.local/share/conexor/bin/relay.cjs'];
const written = clientPrograms.filter(({ format }) => format !== undefined);

describe('an entry of ours', () => {
  it.each(written.map((program) => [program.id, program] as const))('of %s holds words and no key', (_, program) => {
    for (const connection of [undefined, 'sales']) {
      const entry = program.entry(relay, connection);
      const members = JSON.stringify(entry);
      expect(members).toContain(relay[1]);
      expect(members).not.toMatch(/cxl_|bearer|authorization|headers|https?:/i);
      const values = Object.entries(entry).filter(([name]) => name === 'env');
      for (const [, variables] of values) expect(variables).toEqual({});
    }
  });

  it('is there for every program but those that take only an address', () => {
    const others = clientPrograms.filter(({ format }) => format === undefined);
    expect(others.map(({ id, ways }) => [id, ways])).toEqual([['n8n', ['copy']]]);
  });
});
