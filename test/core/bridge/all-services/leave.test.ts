/** Leave to use each of several services, with the real broker: asked service by service, as a host of one alone is. */
import { afterEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../../../electron/practice/service.ts';
import { type TestBridge, testBridge } from '../../../fakes/bridge.ts';
import type { LineHost } from '../../../fakes/line-host.ts';
import { type Person, startPerson } from '../../../fakes/person.ts';
import { modernMeta, namesIn, noticesOf, textIn, toolsIn } from './several-services.ts';

let person: Person;
let bridge: TestBridge;
let other: PracticeService | undefined;
afterEach(async () => {
  await bridge.stop();
  await person.stop();
  await other?.stop();
  other = undefined;
});

async function opened(newPrograms: 'ask' | 'allow'): Promise<LineHost> {
  person = await startPerson({ newPrograms: () => newPrograms });
  bridge = await testBridge(person.broker);
  return bridge.host('_all');
}

const whoami = 'practice__whoami';
const has = (host: LineHost, name: string, params?: object) =>
  expect.poll(async () => namesIn(await host.ask('tools/list', params))).toContain(name);

describe('a program that has every service', () => {
  it.each(['older', 'newer'])('begins one session at a service, and leaves none: a host of the %s era', async (era) => {
    const host = await opened('allow');
    const meta = era === 'newer' ? modernMeta() : undefined;
    if (era === 'older') await host.begin();
    await has(host, 'practice__sign_in', meta);
    await person.signIn('acme');
    await has(host, whoami, meta);
    expect(person.practice.seen.sessions.opened).toBe(era === 'older' ? 1 : 0);
    host.end();
    await expect.poll(() => person.practice.seen.sessions.alive).toBe(0);
  });

  it('waits for the person’s answer at each service, says so in words, and has it when it is given', async () => {
    const host = await opened('ask');
    await person.signIn('acme');
    const { result } = await host.begin();
    expect(result?.['instructions']).toContain('whether line-host may use');
    const [waiting] = toolsIn(await host.ask('tools/list'));
    expect(waiting).toMatchObject({ name: 'practice__sign_in' });
    expect(waiting?.description).toContain('whether line-host may use');
    expect(textIn(await host.ask('tools/call', { name: 'practice__sign_in', arguments: {} }))).toContain('line-host');
    expect(person.practice.seen.sessions.opened).toBe(0);
    other = await startPractice();
    await person.broker.addConnection({ target: other.resource, service: 'practice', name: 'crm' });
    await host.until(() => (noticesOf(host) > 0 ? true : undefined));
    await has(host, 'crm__sign_in');
    const asking = () =>
      person.broker.snapshot().connections.map(({ clients }) => clients.map(({ access }) => access).join());
    expect(asking()).toEqual(['asking', 'asking']);
    await person.broker.decideProgram(person.connectionId, 'line-host', true);
    await has(host, whoami);
    expect(asking()).toEqual(['allowed', 'asking']);
    const [, crm] = person.broker.snapshot().connections;
    await person.broker.decideProgram(crm?.id ?? '', 'line-host', false);
    await expect
      .poll(async () => namesIn(await host.ask('tools/list')).filter((one) => one.startsWith('crm')))
      .toEqual([]);
    await person.broker.decideProgram(person.connectionId, 'line-host', false);
    await expect.poll(async () => namesIn(await host.ask('tools/list'))).toEqual(['connect_service']);
    const words = JSON.stringify(await host.ask('tools/list')) + JSON.stringify(await bridge.host('_all').begin());
    expect(words).not.toContain('ractice');
  });
});
