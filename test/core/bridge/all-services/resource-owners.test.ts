import { describe, expect, it } from 'vitest';
import { ResourceOwners } from '../../../../electron/core/bridge/all-services/resource-owners.ts';

describe('whose a resource is', () => {
  it('is the first’s that listed it; another’s is marked, and both are found again', () => {
    const owners = new ResourceOwners();
    expect(owners.shown('a', 'sales', 'docs://guide')).toBe('docs://guide');
    expect(owners.shown('b', 'crm', 'docs://guide')).toBe('conexor.crm+docs://guide');
    expect(owners.shown('a', 'sales', 'docs://guide')).toBe('docs://guide');
    expect(owners.shown('b', 'renamed', 'docs://guide')).toBe('conexor.crm+docs://guide');
    expect(owners.find('docs://guide')).toEqual({ connectionId: 'a', uri: 'docs://guide' });
    expect(owners.find('conexor.crm+docs://guide')).toEqual({ connectionId: 'b', uri: 'docs://guide' });
    expect(owners.toHost('b', 'docs://guide')).toBe('conexor.crm+docs://guide');
    expect(owners.toHost('a', 'docs://guide')).toBe('docs://guide');
  });

  it('is told by the template that says most of it', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'sales', 'orders://{id}', true);
    owners.shown('b', 'crm', 'orders://open/{id}', true);
    expect(owners.shown('c', 'erp', 'orders://{id}', true)).toBe('conexor.erp+orders://{id}');
    expect(owners.find('orders://7')?.connectionId).toBe('a');
    expect(owners.find('orders://open/7')?.connectionId).toBe('b');
    expect(owners.find('conexor.erp+orders://7')).toEqual({ connectionId: 'c', uri: 'orders://7' });
    expect(owners.find('other://7')).toBeUndefined();
  });

  it('is no matter of time, whatever a template is', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'sales', `x:${'{a}b'.repeat(5_000)}c`, true);
    const startedMs = performance.now();
    expect(owners.find(`x:${'b'.repeat(100_000)}`)).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('is told in results too, by the addresses that the host knows', () => {
    const owners = new ResourceOwners();
    owners.shown('a', 'sales', 'docs://guide');
    owners.shown('b', 'crm', 'docs://guide');
    const result = {
      content: [
        { type: 'text', text: 'docs://guide' },
        { type: 'resource_link', uri: 'docs://guide', name: 'guide' },
        { type: 'resource', resource: { uri: 'docs://guide', text: '' } },
      ],
    };
    const answer = Buffer.from(`{"jsonrpc":"2.0","id":1.0,"result":${JSON.stringify(result)}}`);
    const told = owners.rewritten('b', answer).toString();
    expect(told.startsWith('{"jsonrpc":"2.0","id":1.0,')).toBe(true);
    expect(JSON.parse(told).result.content).toMatchObject([
      { text: 'docs://guide' },
      { uri: 'conexor.crm+docs://guide' },
      { resource: { uri: 'conexor.crm+docs://guide' } },
    ]);
    expect(owners.rewritten('a', answer)).toBe(answer);
  });

  it('is learnt from results, and forgotten with the service', () => {
    const owners = new ResourceOwners();
    const answer = { result: { content: [{ type: 'resource_link', uri: 'file:///x', name: 'x' }] } };
    owners.read('a', Buffer.from(JSON.stringify(answer)));
    owners.read('b', Buffer.from(JSON.stringify(answer)));
    expect(owners.find('file:///x')?.connectionId).toBe('a');
    owners.forget('a');
    expect(owners.find('file:///x')).toBeUndefined();
  });
});
