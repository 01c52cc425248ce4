import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const get = (client: string, broker = person.broker) =>
  broker.accessTokens.get({ connectionId: person.connectionId, client, door: 'stdio' });
const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const programs = (broker = person.broker) => broker.findConnection(person.connectionId).clients;
const accessOf = (name: string) => programs().find((one) => one.name === name)?.access;

async function signedIn(newPrograms: 'ask' | 'allow'): Promise<void> {
  person = await startPerson({ newPrograms: () => newPrograms });
  await person.signIn('acme');
}

describe('a program that comes for the first time', () => {
  it('is let in where nobody has to be asked, and remembered', async () => {
    await signedIn('allow');
    await get('cursor');
    expect(programs()).toEqual([
      { name: 'cursor', door: 'stdio', access: 'allowed', firstSeenAtMs: expect.any(Number) },
    ]);
    expect(person.broker.activity().map(({ what, program }) => [what, program])).toContainEqual([
      'program-allowed',
      'cursor',
    ]);
  });

  it('waits for the person, who is asked before anything else, even where nobody is signed in', async () => {
    person = await startPerson({ newPrograms: () => 'ask' });
    expect(await faultOf(get('cursor'))).toBe('program-waiting');
    expect(accessOf('cursor')).toBe('asking');
    expect(await faultOf(get('cursor'))).toBe('program-waiting');
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    expect(await faultOf(get('cursor'))).toBe('sign-in-needed');
    await person.broker.decideProgram(person.connectionId, 'cursor', false);
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    expect(person.broker.activity().map(({ what }) => what)).toEqual([
      'program-refused',
      'program-allowed',
      'program-asked',
    ]);
  });

  it('is asked about also at a service that wants no sign-in', async () => {
    await signedIn('ask');
    const record = person.vault.get('connection', person.connectionId);
    if (!record) throw new Error('no connection');
    await person.vault.write([{ kind: 'connection', key: record.id, record: { ...record, access: 'none' } }]);
    expect(await faultOf(get('cursor'))).toBe('program-waiting');
  });

  it('is not asked about where it is the person’s own tool', async () => {
    await signedIn('ask');
    await person.broker.accessTokens.get({ connectionId: person.connectionId, client: 'command-line' });
    expect(programs()).toEqual([]);
  });

  it('is allowed by being given an account of its own, unless it was refused', async () => {
    await signedIn('ask');
    await person.broker.useAccount(person.connectionId, 'ana.torres@acme', 'n8n');
    expect(await faultOf(get('n8n'))).toBe('none');
    await person.broker.decideProgram(person.connectionId, 'n8n', false);
    await person.broker.useAccount(person.connectionId, 'ana.torres@acme', 'n8n');
    expect(await faultOf(get('n8n'))).toBe('program-refused');
  });

  it('keeps its answer over a restart, with the time of its last use', async () => {
    await signedIn('ask');
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    await faultOf(get('n8n'));
    person.broker.noteUse(person.connectionId, 'cursor', 'http');
    person.moveClock(60_000);
    person.broker.noteUse(person.connectionId, 'cursor', 'http');
    const before = programs();
    expect(before.map(({ name, access, door }) => [name, access, door])).toEqual([
      ['cursor', 'allowed', 'http'],
      ['n8n', 'asking', 'stdio'],
    ]);
    await person.broker.close();
    expect(programs(person.restarted())).toEqual(before);
  });

  it('stores its last use every ten minutes only', async () => {
    await signedIn('allow');
    await get('cursor');
    let writes = 0;
    const write = person.vault.write.bind(person.vault);
    person.vault.write = async (changes) => {
      writes += changes.length;
      await write(changes);
    };
    for (let call = 0; call < 100; call++) {
      person.broker.noteUse(person.connectionId, 'cursor', 'stdio');
      person.moveClock(11_000);
    }
    expect(writes).toBe(2);
    expect(programs()[0]?.lastUsedAtMs).toBeGreaterThan(person.platform.now() - 60_000);
  });
});

describe('access removed', () => {
  it('holds everywhere, also where the program has not been, and ends its key', async () => {
    await signedIn('allow');
    await person.broker.addConnection({ target: 'https://other.example/mcp', name: 'other' });
    await get('cursor');
    const key = (await person.broker.localClients.keyFor('cursor')).open();
    expect(await person.broker.removeProgram('cursor')).toEqual({ connections: 1, keyRemoved: true });
    expect(person.broker.clientOfKey(key)).toBeUndefined();
    for (const { id } of person.broker.snapshot().connections) {
      const access = person.broker.accessTokens.get({ connectionId: id, client: 'cursor', door: 'http' });
      expect(await faultOf(access)).toBe('program-refused');
    }
    expect(await person.broker.removeProgram('nobody')).toEqual({ connections: 0, keyRemoved: false });
    expect(accessOf('nobody')).toBeUndefined();
  });

  it('holds at one connection only where that was said, until it is allowed again', async () => {
    await signedIn('allow');
    await get('cursor');
    await person.broker.localClients.keyFor('cursor');
    expect(await person.broker.removeProgram('cursor', person.connectionId)).toEqual({
      connections: 1,
      keyRemoved: false,
    });
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    expect(await faultOf(get('cursor'))).toBe('none');
  });

  it('holds before it is stored, and even where it cannot be', async () => {
    await signedIn('allow');
    await get('cursor');
    person.vault.write = () => Promise.reject(new Error('disk full'));
    const decided = person.broker.decideProgram(person.connectionId, 'cursor', false);
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    await expect(decided).rejects.toThrow('disk full');
    expect(await faultOf(get('cursor'))).toBe('program-refused');
  });

  it('goes with the connection', async () => {
    await signedIn('allow');
    await get('cursor');
    await person.broker.decideProgram(person.connectionId, 'cursor', false);
    await person.broker.removeConnection(person.connectionId);
    expect(person.vault.list('program')).toEqual([]);
  });
});

describe('names that a program invents', () => {
  it('fill neither list nor vault: fifty wait at most, the oldest go, and no decision is lost', async () => {
    await signedIn('ask');
    await person.broker.decideProgram(person.connectionId, 'good', true);
    await person.broker.decideProgram(person.connectionId, 'bad', false);
    for (let n = 0; n < 120; n++) {
      person.moveClock(1);
      expect(await faultOf(get(`invented ${n}`))).toBe('program-waiting');
    }
    const waiting = programs().filter(({ access }) => access === 'asking');
    expect(waiting).toHaveLength(50);
    expect(waiting.map(({ name }) => name)).toContain('invented 119');
    await expect.poll(() => person.vault.list('program').length).toBe(52);
    expect([accessOf('good'), accessOf('bad')]).toEqual(['allowed', 'refused']);
  });

  it('do not drive out what a person allowed where everybody is let in', async () => {
    await signedIn('allow');
    await person.broker.decideProgram(person.connectionId, 'good', true);
    for (let n = 0; n < 250; n++) {
      person.moveClock(1);
      await get(`invented ${n}`);
    }
    expect(programs()).toHaveLength(201);
    expect(accessOf('good')).toBe('allowed');
  });
});
