import { describe, expect, it } from 'vitest';
import { allServices, serviceById, serviceFor } from '../../../electron/core/services/catalogue.ts';
import { practiceApiPort, practiceConnexeasePort, practicePort } from '../../../electron/core/services/practice.ts';
import { languages } from '../../../shared/settings.ts';
import { permissionOf } from '../../../shared/words/permissions.ts';

const of = (address: string, wanted?: string) => serviceFor(new URL(address), wanted);

describe('services', () => {
  it('owns its addresses and no others', () => {
    expect(of('https://app.conexor.io/mcp/acme/sales-api').id).toBe('conexor');
    expect(of(`http://127.0.0.1:${practicePort}/mcp/acme/sales-api`).id).toBe('practice');
    expect(of(`http://localhost:${practicePort}/mcp/acme/sales-api`).id).toBe('practice');
    expect(of('https://app.conexor.io/api/plugins/register').id).toBe('conexor-agent');
    expect(of('https://api.connexease.com/agents/').id).toBe('connexease');
    expect(of(`http://127.0.0.1:${practiceConnexeasePort}/agents/`).id).toBe('practice-connexease');
    expect(of(`http://127.0.0.1:${practiceApiPort}`).id).toBe('practice-api');
    for (const address of [
      'https://app.conexor.io.evil.example/mcp/acme/sales-api',
      'https://api.connexease.com.evil.example/',
      'http://api.connexease.com/',
      'http://127.0.0.1:4804/',
      'https://app.conexor.io:8443/mcp/acme/sales-api',
      'http://127.0.0.1:4999/mcp/acme/sales-api',
      `http://127.0.0.1:${practicePort}/mcp`,
      `https://a.example:${practicePort}/mcp/acme/sales-api`,
      'https://mcp.example/mcp',
    ]) {
      expect([address, of(address).id]).toEqual([address, 'mcp']);
    }
  });

  it('can be asked for by name, but P-50 never for an address its tokens are not for', () => {
    expect(of('http://127.0.0.1:4999/mcp/a/b', 'practice').id).toBe('practice');
    expect(of('https://app.conexor.io/mcp/a/b', 'mcp').id).toBe('mcp');
    for (const id of ['practice-connexease', 'practice-api', 'practice-agent']) {
      expect(of('http://127.0.0.1:4999/', id).id).toBe(id);
    }
    for (const id of ['client-credentials-api', 'web-api']) expect(of('https://api.example/v1', id).id).toBe(id);
    for (const [address, wanted] of [
      ['https://evil.example/mcp/a/b', 'conexor'],
      ['https://evil.example/mcp/a/b', 'practice'],
      ['https://evil.example/', 'connexease'],
      ['https://evil.example/', 'conexor-agent'],
      ['https://evil.example/', 'practice-connexease'],
      ['https://api.connexease.com/', 'practice-connexease'],
      ['https://evil.example/', 'practice-api'],
    ] as const) {
      expect(() => of(address, wanted)).toThrow(expect.objectContaining({ code: 'address-invalid' }));
    }
    expect(() => of('https://a.example/', 'nobody')).toThrow(expect.objectContaining({ code: 'input-invalid' }));
    expect(serviceById('nobody')).toBeUndefined();
  });

  it('states what Conexor documents, at its own base', () => {
    const facts = serviceById('conexor')?.facts?.(new URL('https://app.conexor.io/mcp/a/b'));
    expect(facts).toMatchObject({
      issuer: 'https://app.conexor.io',
      source: 'preset',
      metadata: {
        authorization_endpoint: 'https://app.conexor.io/oauth/consent',
        token_endpoint: 'https://app.conexor.io/api/oauth/token',
        revocation_endpoint: 'https://app.conexor.io/api/oauth/revoke',
        code_challenge_methods_supported: ['S256'],
      },
    });
    const local = serviceById('practice')?.facts?.(new URL('http://127.0.0.1:5555/mcp/a/b'));
    expect(local?.metadata.token_endpoint).toBe('http://127.0.0.1:5555/api/oauth/token');
  });

  it('has words for every scope it asks for', () => {
    for (const id of ['conexor', 'practice']) {
      const service = serviceById(id);
      expect(service?.scopeSeparator).toBe(',');
      expect(service?.defaultScopes).toEqual(['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read']);
      for (const language of languages)
        for (const scope of service?.defaultScopes ?? [])
          expect(permissionOf(scope, language)).toMatch(/^(?!.*(mcp|oauth|scope)).{5,}$/i);
    }
  });

  it('makes an address of a short name', () => {
    expect(serviceById('conexor')?.resourceFor?.('acme/sales-api')).toBe('https://app.conexor.io/mcp/acme/sales-api');
    expect(serviceById('practice')?.resourceFor?.('acme/sales-api')).toBe(
      `http://127.0.0.1:${practicePort}/mcp/acme/sales-api`,
    );
    for (const name of ['acme', 'a/b/c', '../x', 'a/..', 'a/b?c', 'a b/c', '/a']) {
      expect(() => serviceById('conexor')?.resourceFor?.(name)).toThrow(
        expect.objectContaining({ code: 'address-invalid' }),
      );
    }
  });

  it('offers every documented way in, the suggested one first', () => {
    const ways = (id: string) => serviceById(id)?.waysIn.map(({ way }) => way);
    expect(ways('conexor')).toEqual(['authorization-code', 'client-credentials', 'password-login', 'api-key']);
    expect(ways('conexor-agent')).toEqual(['api-key']);
    expect(ways('connexease')).toEqual(['access-token', 'jwt-login']);
    expect(serviceById('connexease')?.legacyWays).toEqual(['jwt-login']);
    expect(ways('client-credentials-api')).toEqual(['client-credentials']);
    for (const id of ['web-api', 'mcp']) {
      expect(ways(id)).toEqual(['authorization-code', 'device-code', 'client-credentials', 'access-token', 'api-key']);
    }
  });

  it('practises exactly what the real services document', () => {
    for (const [twin, real] of [
      ['practice', 'conexor'],
      ['practice-agent', 'conexor-agent'],
      ['practice-connexease', 'connexease'],
      ['practice-api', 'client-credentials-api'],
    ] as const) {
      const { waysIn, legacyWays, speaks, scopeSeparator, probePath } = serviceById(real) ?? {};
      expect(serviceById(twin)).toMatchObject({ waysIn, speaks, scopeSeparator, practice: true });
      expect([serviceById(twin)?.legacyWays, serviceById(twin)?.probePath]).toEqual([legacyWays, probePath]);
    }
    expect(new Set(allServices.map(({ id }) => id)).size).toBe(allServices.length);
    expect(allServices.at(-1)?.id).toBe('mcp');
  });

  it('states the token endpoint of an API with an id and a secret at the API’s own origin', () => {
    const facts = serviceById('client-credentials-api')?.facts?.(new URL('https://api.example/v2/things'));
    expect(facts?.metadata).toMatchObject({
      token_endpoint: 'https://api.example/oauth/v2/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    });
  });
});
