import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { connectModern, textOf, toolNames } from './clients.ts';
import { tokensFor } from './sign-in.ts';

let practice: PracticeService;
let acme: string;
beforeAll(async () => {
  practice = await startPractice();
  acme = (await tokensFor(practice, { account: 'acme' })).access_token;
});
afterAll(() => practice.stop());

describe('2026-07-28, with the SDK’s 2.x client', () => {
  const connect = async (token: string) => {
    const client = await connectModern(practice.resource, () => token);
    return { client, end: () => client.close() };
  };

  it('needs no session', async () => {
    const before = { ...practice.seen.sessions };
    const { client, end } = await connect(acme);
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(toolNames);
    await end();
    expect(practice.seen.sessions).toEqual(before);
    expect(practice.seen.mcpCount('server/discover', 200)).toBeGreaterThan(0);
  });

  it('lists and reads a resource and a prompt', async () => {
    const { client, end } = await connect(acme);
    const [guide] = (await client.readResource({ uri: 'sales://guide' })).contents;
    expect(guide).toMatchObject({ text: expect.stringContaining('list_orders') });
    const { messages } = await client.getPrompt({ name: 'monthly_review', arguments: { month: '2025-03' } });
    expect(messages).toHaveLength(1);
    await end();
  });

  it('tells progress in order on the call’s own stream', async () => {
    const { client, end } = await connect(acme);
    const steps: number[] = [];
    const call = { name: 'slow_report', arguments: { steps: 20, delayMs: 1 } };
    const result = await client.callTool(call, { onprogress: ({ progress }) => steps.push(progress) });
    expect(textOf(result)).toBe('The report is ready after 20 steps.');
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    await end();
  });

  it('tells whoever listens that the tools changed', async () => {
    const { client, end } = await connect(acme);
    const told = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    const subscription = await client.listen({ toolsListChanged: true });
    practice.control.announceToolsChanged();
    await told;
    await subscription.close();
    await end();
  });

  it('asks the person by an input_required result and a second call', async () => {
    const asked: string[] = [];
    const client = await connectModern(
      practice.resource,
      () => acme,
      (fresh) =>
        fresh.setRequestHandler('elicitation/create', ({ params }) => {
          asked.push(params.message);
          return { action: 'accept', content: { approve: true } };
        }),
    );
    const before = practice.seen.mcpCount('tools/call');
    const call = { name: 'approve_discount', arguments: { customer: 'Baltic Paper', percent: 5 } };
    expect(textOf(await client.callTool(call))).toBe('Discount approved by the person.');
    expect(asked).toEqual(['Give Baltic Paper a discount of 5 %?']);
    expect(practice.seen.mcpCount('tools/call')).toBe(before + 2);
    await client.close();
  });
});
