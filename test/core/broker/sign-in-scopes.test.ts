/** Which permissions a sign-in asks for, besides those that the service suggests (MCP M-C 19). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let server: FakeAuthorizationServer;
let stage: Stage;
let id: string;

beforeEach(async () => {
  server = await startAuthorizationServer();
  stage = await openStage();
  id = await stage.connect(server.resource);
});
afterEach(async () => {
  await stage.close();
  await server.close();
});

async function scopesOf(wish: Parameters<Stage['broker']['signIns']['start']>[1]): Promise<string[]> {
  const attempt = await stage.broker.signIns.start(id, { fresh: true, ...wish });
  return new URL(attempt.authorizationUrl ?? '').searchParams.get('scope')?.split(' ') ?? [];
}

async function signedIn(): Promise<void> {
  const attempt = await stage.broker.signIns.start(id, { fresh: true });
  await fetch(attempt.authorizationUrl ?? '');
  expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
}

describe('more permissions', () => {
  it('M-C 19 come besides what was asked for before', async () => {
    await signedIn();
    server.resourceMetadata['scopes_supported'] = ['read'];
    expect((await scopesOf({ moreScopes: ['admin'] })).sort()).toEqual(['admin', 'read', 'write']);
  });

  it('M-C 19 come besides what the service gave of itself, where nothing was asked for', async () => {
    delete server.resourceMetadata['scopes_supported'];
    await signedIn();
    expect((await scopesOf({ moreScopes: ['admin'] })).sort()).toEqual(['admin', 'read']);
    expect(await scopesOf({})).toEqual([]);
  });

  it('of another account do not come with those of this one', async () => {
    await signedIn();
    server.resourceMetadata['scopes_supported'] = ['read'];
    expect((await scopesOf({ moreScopes: ['admin'], another: true })).sort()).toEqual(['admin', 'read']);
  });

  it('that are named alone are asked for alone', async () => {
    await signedIn();
    expect(await scopesOf({ scopes: ['admin'] })).toEqual(['admin']);
  });
});
