import { describe, expect, it } from 'vitest';
import { withShownAddresses } from '../../../../electron/core/bridge/all-services/resource-links.ts';
import { ResourceOwners } from '../../../../electron/core/bridge/all-services/resource-owners.ts';
import { processorMsOf } from '../../../fakes/soon.ts';

describe('whose a resource is', () => {
  it('is the first’s that named it; another’s is marked, and both are found again', () => {
    const owners = new ResourceOwners();
    expect(owners.shown('a', 'sales', 'docs://guide')).toBe('docs://guide');
    expect(owners.shown('b', 'crm', 'docs://guide')).toBe('conexor.crm+docs://guide');
    expect(owners.shown('a', 'sales', 'docs://guide')).toBe('docs://guide');
    expect(owners.shown('b', 'renamed', 'docs://guide')).toBe('conexor.crm+docs://guide');
    expect(owners.find('docs://guide')).toEqual({ connectionId: 'a', uri: 'docs://guide' });
    expect(owners.find('conexor.crm+docs://guide')).toEqual({ connectionId: 'b', uri: 'docs://guide' });
  });

  it('is told by pages of tools too, which keep their scheme', () => {
    const owners = new ResourceOwners();
    expect(owners.shown('a', 'sales', 'ui://panel')).toBe('ui://panel');
    expect(owners.shown('b', 'crm', 'ui://panel')).toBe('ui://conexor.crm+panel');
    expect(owners.find('ui://conexor.crm+panel')).toEqual({ connectionId: 'b', uri: 'ui://panel' });
  });

  it('is told by templates, of which no two of different services mean one address', () => {
    const owners = new ResourceOwners();
    expect(owners.shown('a', 'sales', 'orders://{id}', true)).toBe('orders://{id}');
    expect(owners.shown('b', 'crm', 'orders://open/{id}', true)).toBe('conexor.crm+orders://open/{id}');
    expect(owners.shown('c', 'erp', 'orders://{id}', true)).toBe('conexor.erp+orders://{id}');
    expect(owners.shown('c', 'erp', 'bills://{id}', true)).toBe('bills://{id}');
    expect(owners.find('orders://7')?.connectionId).toBe('a');
    expect(owners.find('orders://open/7')?.connectionId).toBe('a');
    expect(owners.find('conexor.erp+orders://7')).toEqual({ connectionId: 'c', uri: 'orders://7' });
    expect(owners.find('bills://7')?.connectionId).toBe('c');
    expect(owners.find('orders://{id}')?.connectionId).toBe('a');
    expect(owners.find('other://7')).toBeUndefined();
    // What one of them names is marked where another's template may mean it, and where its own is marked.
    expect(owners.shown('b', 'crm', 'orders://open/7')).toBe('conexor.crm+orders://open/7');
    expect(owners.shown('a', 'sales', 'orders://open/7')).toBe('orders://open/7');
    // A template that may mean what another has named is marked as well.
    owners.shown('a', 'sales', 'notes://today');
    expect(owners.shown('b', 'crm', 'notes://{day}', true)).toBe('conexor.crm+notes://{day}');
    expect(owners.shown('b', 'crm', 'notes://friday')).toBe('conexor.crm+notes://friday');
  });

  it('cannot be taken by what looks like a mark', () => {
    const owners = new ResourceOwners();
    const lie = owners.shown('a', 'sales', 'conexor.crm+docs://guide');
    expect(lie).toBe('conexor.sales+conexor.crm+docs://guide');
    expect(owners.find(lie)).toEqual({ connectionId: 'a', uri: 'conexor.crm+docs://guide' });
    expect(owners.shown('a', 'sales', 'conexor.crm+{x}', true)).toBe('conexor.sales+conexor.crm+{x}');
  });

  it('stays whatever another names: beyond its measure that has marked addresses alone', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'crm', 'x:a');
    const shown = Array.from({ length: 25_000 }, (_, at) => owners.shown('b', 'sales', `y:${at}`));
    expect(shown[0]).toBe('y:0');
    expect(shown.at(-1)).toBe('conexor.sales+y:24999');
    expect(owners.find('x:a')?.connectionId).toBe('a');
    for (const at of [0, 24_999]) {
      expect(owners.find(shown[at] ?? '')).toEqual({ connectionId: 'b', uri: `y:${at}` });
    }
  });

  it('is little work, whatever templates there are', async () => {
    const owners = new ResourceOwners();
    const took = await processorMsOf(() => {
      for (let at = 0; at < 1_000; at += 1) owners.shown('a', 'sales', `x:${'{a}b'.repeat(5_000)}${at}`, true);
      for (let at = 0; at < 1_000; at += 1) owners.shown('a', 'sales', `x:${'{a}b'.repeat(400)}c${at}`, true);
      for (let at = 0; at < 1_000; at += 1) expect(owners.find(`x:${at}`)).toBeUndefined();
      expect(owners.find(`x:${'b'.repeat(100_000)}`)).toBeUndefined();
    });
    expect(took).toBeLessThan(2_000);
  });

  it('is forgotten with the service', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'sales', 'file:///x');
    owners.shown('b', 'crm', 'file:///x');
    owners.forget('a');
    expect(owners.find('file:///x')).toBeUndefined();
    expect(owners.find('conexor.crm+file:///x')?.connectionId).toBe('b');
    expect(owners.shown('b', 'crm', 'file:///x')).toBe('conexor.crm+file:///x');
  });
});

describe('addresses in a result', () => {
  const answerOf = (result: object, id = '1.0') =>
    Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);

  it('are the ones that the host knows, and every other byte stays', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'sales', 'docs://guide');
    const answer = answerOf({
      content: [
        { type: 'text', text: 'docs://guide' },
        { type: 'resource_link', uri: 'docs://guide', name: 'guide' },
        { type: 'resource', resource: { uri: 'docs://guide', text: '' } },
      ],
      messages: [{ role: 'user', content: { type: 'resource_link', uri: 'docs://guide' } }],
    });
    const told = withShownAddresses(answer, (uri) => owners.shown('b', 'crm', uri)).toString();
    expect(told.startsWith('{"jsonrpc":"2.0","id":1.0,')).toBe(true);
    expect(JSON.parse(told).result).toMatchObject({
      content: [
        { text: 'docs://guide' },
        { uri: 'conexor.crm+docs://guide' },
        { resource: { uri: 'conexor.crm+docs://guide' } },
      ],
      messages: [{ content: { uri: 'conexor.crm+docs://guide' } }],
    });
    expect(withShownAddresses(answer, (uri) => owners.shown('a', 'sales', uri))).toBe(answer);
  });

  it('are seen where their name is written by numbers', () => {
    const answer = Buffer.from('{"id":1,"result":{"content":[{"\\u0075ri":"x:a"}]}}');
    expect(withShownAddresses(answer, (uri) => `y${uri}`).toString()).toBe(
      '{"id":1,"result":{"content":[{"\\u0075ri":"yx:a"}]}}',
    );
  });

  it('are exchanged in one pass, and not at all where there are too many to be read', async () => {
    const link = { type: 'resource_link', uri: 'x:a', name: 'a'.repeat(50) };
    const some = answerOf({ content: Array(8_000).fill(link) });
    let told: Buffer = some;
    const took = await processorMsOf(() => {
      told = withShownAddresses(some, (uri) => `conexor.b+${uri}`);
    });
    expect(told.length).toBe(some.length + 8_000 * 10);
    expect(took).toBeLessThan(2_000);
    const many = answerOf({ content: Array(20_000).fill(link) });
    expect(withShownAddresses(many, (uri) => `conexor.b+${uri}`)).toBe(many);
  });
});
