import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { embeddedPractice } from '../electron/embedded-practice.ts';
import { practiceCredentials } from '../shared/practice-credentials.ts';

const portOf = (address: string) => Number(new URL(address).port);

/** A program that has a port of its own choice, until `close`. */
async function otherProgram(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('the practice services in the broker', () => {
  it('start once each, when they are wanted; agents are Conexor’s own', async () => {
    const start = embeddedPractice();
    const [conexor, again, agent] = await Promise.all([start(), start('practice'), start('practice-agent')]);
    expect([again, agent]).toEqual([conexor, new URL(conexor).origin]);
    expect(new URL(conexor).pathname).toBe('/mcp/acme/sales-api');
    const [connexease, api] = await Promise.all([start('practice-connexease'), start('practice-api')]);
    expect(new Set([conexor, connexease, api].map(portOf)).size).toBe(3);

    const { accessToken } = practiceCredentials.connexease;
    const agents = await fetch(`${connexease}/agents/`, { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(agents.status).toBe(200);
    expect((await fetch(`${api}/v2/account`)).status).toBe(401);
    expect(await start('practice-api', portOf(api))).toBe(api);
  });

  it('say that a connection’s port is taken, and start elsewhere for a new one', async () => {
    const other = await otherProgram();
    try {
      const start = embeddedPractice();
      await expect(start('practice-api', other.port)).rejects.toMatchObject({
        code: 'port-taken',
        detail: { subject: String(other.port) },
      });
      const address = await start('practice-api');
      expect(portOf(address)).not.toBe(other.port);
      // One that runs already runs once: a connection that expects it elsewhere is told.
      await expect(start('practice-api', other.port)).rejects.toMatchObject({ code: 'port-taken' });
    } finally {
      await other.close();
    }
  });

  it('come back at the port that a connection expects', async () => {
    const other = await otherProgram();
    await other.close();
    const address = await embeddedPractice()('practice-connexease', other.port);
    expect(address).toBe(`http://127.0.0.1:${other.port}`);
  });

  it('are these and no others', async () => {
    const start = embeddedPractice();
    for (const id of ['conexor', 'constructor', '']) {
      await expect(start(id)).rejects.toMatchObject({ code: 'input-invalid' });
    }
  });
});
