/** Sign-ins by pushed requests (RFC 9126): each address is good once and not for long, so a later opening gets another. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OidcProvider, startOidcProvider } from '../../fakes/oidc-provider.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let resource: ProtectedMcpServer;
let provider: OidcProvider;
let stage: Stage;
let id: string;

beforeEach(async () => {
  stage = await openStage();
  resource = await startProtectedMcpServer();
  provider = await startOidcProvider({ resource: resource.resource, pushed: 'required' });
  await resource.trust(provider.issuer);
  id = await stage.connect(resource.resource);
});
afterEach(async () => {
  await stage.close();
  await Promise.all([resource.stop(), provider.close()]);
});

const pushes = () => provider.seen.filter((request) => request === 'POST /request').length;
const opened = () => stage.host.opened.map((url) => url.searchParams.get('request_uri'));

describe('a sign-in by a pushed request', () => {
  it('P-59 is done by a server that takes nothing else, and the browser carries a reference alone', async () => {
    const attempt = await stage.broker.signIns.start(id, {});
    await stage.broker.signIns.openBrowser(attempt.id);
    const [address] = stage.host.opened;
    expect([...(address?.searchParams.keys() ?? [])].sort()).toEqual(['client_id', 'request_uri']);
    expect(address?.href).toBe(attempt.authorizationUrl);
    await fetch(await provider.consent(address ?? new URL('about:blank')));
    expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
    expect(pushes()).toBe(1);
  });

  it('P-59 a second opening gets another address, and the same attempt ends by it', async () => {
    const attempt = await stage.broker.signIns.start(id, {});
    await stage.broker.signIns.openBrowser(attempt.id);
    await stage.broker.signIns.openBrowser(attempt.id);
    expect(new Set(opened()).size).toBe(2);
    const second = stage.host.opened[1];
    expect(stage.broker.signIns.find(attempt.id).authorizationUrl).toBe(second?.href);
    await fetch(await provider.consent(second ?? new URL('about:blank')));
    expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
  });

  it('P-59 an address that has ended is never opened, nor shown to whoever asks again', async () => {
    const attempt = await stage.broker.signIns.start(id, {});
    stage.host.moveClock(59_000);
    await stage.broker.signIns.openBrowser(attempt.id);
    expect(stage.host.opened[0]?.href).not.toBe(attempt.authorizationUrl);
    stage.host.moveClock(61_000);
    const joined = await stage.broker.signIns.start(id, {});
    expect(joined.id).toBe(attempt.id);
    expect(joined.authorizationUrl).not.toBe(stage.host.opened[0]?.href);
    expect(pushes()).toBe(3);
  });
});
