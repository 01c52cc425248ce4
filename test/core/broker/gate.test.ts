/** Access as programs get it. */
import { expect, it } from 'vitest';
import { gated } from '../../../electron/core/broker/gate.ts';
import { Fault } from '../../../shared/faults.ts';
import { startPerson } from '../../fakes/person.ts';

it.each([
  ['paused', 'paused'],
  ['refused', 'program-refused'],
])('leave that is taken away while access is got (%s) gives none', async (how, code) => {
  const person = await startPerson();
  try {
    const { vault, broker, connectionId } = person;
    let mayUse = true;
    const programs = {
      admit: () => {
        if (!mayUse) throw new Fault('program-refused');
      },
    };
    const tokens = {
      isTaken: async () => true,
      async get() {
        if (how === 'paused') await broker.setPaused(connectionId, true);
        else mayUse = false;
        return { connectionId, resource: 'https://api.example' };
      },
    };
    const asked = gated(tokens, vault, programs).get({ connectionId, client: 'n8n', door: 'http' });
    await expect(asked).rejects.toMatchObject({ code });
  } finally {
    await person.stop();
  }
});
