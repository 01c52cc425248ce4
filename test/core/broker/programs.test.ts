import { afterEach, describe, expect, it } from 'vitest';
import { inTurn } from '../../../electron/core/broker/connection-changes.ts';
import { programName } from '../../../electron/core/broker/programs.ts';
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
    person.broker.noteUse(person.connectionId, 'cursor', 'stdio');
    person.moveClock(60_000);
    person.broker.noteUse(person.connectionId, 'cursor', 'stdio');
    const before = programs();
    expect(before.map(({ name, access, door }) => [name, access, door])).toEqual([
      ['cursor', 'allowed', 'stdio'],
      ['n8n', 'asking', 'stdio'],
    ]);
    await person.broker.close();
    expect(programs(person.restarted())).toEqual(before);
  });

  it('stores its last use every ten minutes only', async () => {
    await signedIn('allow');
    await get('cursor');
    const stored = () => inTurn(person.vault, () => []);
    await stored();
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
    await stored();
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
  it('fill neither list nor vault: fifty wait at most, whoever came first stays, and no decision is lost', async () => {
    await signedIn('ask');
    await person.broker.decideProgram(person.connectionId, 'good', true);
    await person.broker.decideProgram(person.connectionId, 'bad', false);
    expect(await faultOf(get('real app'))).toBe('program-waiting');
    for (let n = 0; n < 120; n++) {
      person.moveClock(1);
      expect(await faultOf(get(`invented ${n}`))).toBe('program-waiting');
      person.broker.noteUse(person.connectionId, `invented ${n}`, 'stdio');
    }
    const waiting = programs().filter(({ access }) => access === 'asking');
    expect(waiting).toHaveLength(50);
    expect(waiting.map(({ name }) => name)).toContain('real app');
    expect(waiting.map(({ name }) => name)).not.toContain('invented 119');
    await expect.poll(() => person.vault.list('program').length).toBe(52);
    expect([accessOf('good'), accessOf('bad')]).toEqual(['allowed', 'refused']);
    // An answer makes room for the next one.
    await person.broker.decideProgram(person.connectionId, 'invented 1', false);
    await faultOf(get('invented 119'));
    expect(accessOf('invented 119')).toBe('asking');
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

  it('are one name where they look like one', async () => {
    await signedIn('ask');
    await person.broker.decideProgram(person.connectionId, 'Bad', false);
    for (const name of ['B\u00adad', 'Bad\ufe0f', '\u200bBad', 'Bad\u3164', '\uff22ad', 'Bad\u00a0', 'B\u{e0041}ad']) {
      expect(programName(name), JSON.stringify(name)).toBe('Bad');
    }
    expect(programName('\u3164\u115f')).toBe('unnamed');
    expect(programName('Ña Ñandú 日本')).toBe('Ña Ñandú 日本');
  });
});

describe('decisions in quick succession', () => {
  it('end as the last one says: Remove access beside an Allow that is still being written', async () => {
    await signedIn('ask');
    const { decideProgram } = person.broker;
    await Promise.all([
      decideProgram(person.connectionId, 'cursor', true),
      decideProgram(person.connectionId, 'cursor', false),
    ]);
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    expect(programs(person.restarted()).map(({ access }) => access)).toEqual(['refused']);
    await Promise.all([
      decideProgram(person.connectionId, 'cursor', false),
      decideProgram(person.connectionId, 'cursor', true),
    ]);
    expect(await faultOf(get('cursor'))).toBe('none');
    expect(programs(person.restarted()).map(({ access }) => access)).toEqual(['allowed']);
  });

  it('end so also where the Allow is on its way to the disk already', async () => {
    await signedIn('ask');
    const write = person.vault.write.bind(person.vault);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let writing = false;
    person.vault.write = async (changes) => {
      writing = true;
      await held;
      await write(changes);
    };
    const allowed = person.broker.decideProgram(person.connectionId, 'cursor', true);
    await expect.poll(() => writing).toBe(true);
    const removed = person.broker.removeProgram('cursor');
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    release();
    await allowed;
    expect(await removed).toEqual({ connections: 1, keyRemoved: false });
    expect(await faultOf(get('cursor'))).toBe('program-refused');
    expect(programs(person.restarted()).map(({ access }) => access)).toEqual(['refused']);
  });

  it('are seen by Remove access, which counts what was being allowed', async () => {
    await signedIn('ask');
    const [, removed] = await Promise.all([
      person.broker.decideProgram(person.connectionId, 'cursor', true),
      person.broker.removeProgram('cursor'),
    ]);
    expect(removed).toEqual({ connections: 1, keyRemoved: false });
    expect(await faultOf(get('cursor'))).toBe('program-refused');
  });

  it('leave nothing behind at a service that is being removed', async () => {
    await signedIn('ask');
    const removed = person.broker.removeConnection(person.connectionId);
    expect(await faultOf(person.broker.decideProgram(person.connectionId, 'ghost', true))).toBe('connection-unknown');
    await removed;
    expect(person.vault.list('program')).toEqual([]);
  });
});

describe('one name at two doors', () => {
  const getOverHttp = (client: string) =>
    person.broker.accessTokens.get({ connectionId: person.connectionId, client, door: 'http' });
  const doors = () => programs().map(({ name, door, access }) => `${name} ${door} ${access}`);

  it('is asked about at each: leave that was given with a key is no leave for an app of that name', async () => {
    await signedIn('ask');
    await person.broker.localClients.keyFor('n8n');
    await person.broker.decideProgram(person.connectionId, 'n8n', true);
    expect(await faultOf(getOverHttp('n8n'))).toBe('none');
    expect(await faultOf(get('n8n'))).toBe('program-waiting');
    expect(doors()).toEqual(['n8n http allowed', 'n8n stdio asking']);
    await person.broker.decideProgram(person.connectionId, 'n8n', true, 'stdio');
    expect(await faultOf(get('n8n'))).toBe('none');
  });

  it('and the other way round; over a restart too', async () => {
    await signedIn('ask');
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    const again = person.restarted();
    expect(await faultOf(get('cursor', again))).toBe('none');
    const overHttp = { connectionId: person.connectionId, client: 'cursor', door: 'http' } as const;
    expect(await faultOf(again.accessTokens.get(overHttp))).toBe('program-waiting');
  });

  it('loses its access at both, whether it has come there or not, until that door is allowed', async () => {
    await signedIn('allow');
    await Promise.all([get('both'), getOverHttp('both'), get('one')]);
    await person.broker.decideProgram(person.connectionId, 'both', false);
    await person.broker.decideProgram(person.connectionId, 'one', false);
    for (const name of ['both', 'one']) {
      expect(await faultOf(get(name))).toBe('program-refused');
      expect(await faultOf(getOverHttp(name))).toBe('program-refused');
      person.broker.noteUse(person.connectionId, name, 'http');
    }
    expect(doors()).toEqual(['both stdio refused', 'both http refused', 'one stdio refused']);
    await person.broker.decideProgram(person.connectionId, 'one', true, 'http');
    expect([await faultOf(getOverHttp('one')), await faultOf(get('one'))]).toEqual(['none', 'program-refused']);
  });

  it('is read from an older vault, where a name had one record, and replaces that', async () => {
    await signedIn('ask');
    const { connectionId } = person;
    const base = { connectionId, decided: true, firstSeenAtMs: 1 } as const;
    await person.vault.write([
      {
        kind: 'program',
        key: JSON.stringify([connectionId, 'n8n']),
        record: { ...base, name: 'n8n', access: 'allowed', door: 'http' },
      },
      {
        kind: 'program',
        key: JSON.stringify([connectionId, 'B\u00a0ad']),
        record: { ...base, name: 'B\u00a0ad', access: 'refused', door: 'stdio' },
      },
    ]);
    const again = person.restarted();
    const over = (door: 'http' | 'stdio', client: string) =>
      faultOf(again.accessTokens.get({ connectionId, client, door }));
    expect([await over('http', 'n8n'), await over('stdio', 'n8n')]).toEqual(['none', 'program-waiting']);
    expect([await over('http', 'B ad'), await over('stdio', 'B ad')]).toEqual(['program-refused', 'program-refused']);
    await again.decideProgram(connectionId, 'n8n', false);
    await again.decideProgram(connectionId, 'B ad', true);
    expect(person.vault.list('program').map(({ name, door, access }) => `${name} ${door} ${access}`)).toEqual([
      'n8n stdio refused',
      'n8n http refused',
      'B ad stdio allowed',
    ]);
  });
});
