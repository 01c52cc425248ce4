/** A service that issues access and does not take it: what each call of a program costs there. */
import { afterEach, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
let bridge: TestBridge;
afterEach(async () => {
  await bridge?.stop();
  await person?.stop();
});

it('P-48 T a service that refuses everything is not asked for new access at every call', async () => {
  person = await startPerson();
  await person.signIn('acme');
  bridge = await testBridge(person.broker);
  const host = bridge.host('practice');
  await host.begin();
  await host.ask('tools/list');
  const { seen, control } = person.practice;
  control.failNext('mcp', { status: 401, times: 200 });
  const before = seen.tokenRequests.refreshToken;
  for (let call = 0; call < 10; call += 1) {
    const { error } = await host.ask('tools/call', { name: 'whoami', arguments: {} });
    expect(error?.data).toMatchObject({ fault: 'sign-in-needed' });
  }
  expect(seen.tokenRequests.refreshToken - before).toBeLessThan(8);
});
