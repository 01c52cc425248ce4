/** Programs that come over the socket are told apart by where they come from, at the real broker. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Broker } from '../../../electron/core/broker/create-broker.ts';
import type { Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

async function signedIn(newPrograms: 'ask' | 'allow'): Promise<void> {
  person = await startPerson({ newPrograms: () => newPrograms });
  await person.signIn('acme');
}

const claude = { path: '/opt/Claude/claude' };
const elsewhere = { path: '/tmp/x/claude' };
const meet = (origin: { path: string; signer?: string } | undefined, word = 'claude-desktop') =>
  person.broker.meetProgram(word, origin);
const outcome = (client: string, broker: Broker = person.broker): Promise<string> =>
  broker.accessTokens.get({ connectionId: person.connectionId, client, door: 'stdio' }).then(
    () => 'let in',
    (fault: Fault) => fault.code,
  );
const allow = (name: string) => person.broker.decideProgram(person.connectionId, name, true);
const refuse = (name: string) => person.broker.decideProgram(person.connectionId, name, false);
const programs = (broker: Broker = person.broker) => broker.findConnection(person.connectionId).clients;

describe('a program with a place', () => {
  it('is shown with it when it asks, and afterwards', async () => {
    await signedIn('ask');
    expect(await outcome(meet(claude))).toBe('program-waiting');
    expect(programs()).toMatchObject([{ name: 'claude-desktop', access: 'asking', path: claude.path }]);
    expect(programs()[0]).not.toHaveProperty('title');
    await allow('claude-desktop');
    expect(await outcome(meet(claude))).toBe('let in');
    expect(programs()).toMatchObject([{ access: 'allowed', path: claude.path }]);
  });

  it('gets it, and its signer, when they are learned only after it has asked', async () => {
    await signedIn('ask');
    expect(await outcome(meet(undefined))).toBe('program-waiting');
    expect(programs()[0]).not.toHaveProperty('path');
    const told: (string | undefined)[] = [];
    person.broker.subscribe(({ connections }) => told.push(connections[0]?.clients[0]?.path));
    meet(claude);
    expect(told).toEqual([claude.path]);
    meet({ ...claude, signer: 'Anthropic PBC' });
    expect(programs()).toMatchObject([{ name: 'claude-desktop', path: claude.path, signer: 'Anthropic PBC' }]);
  });

  it('keeps leave that was given before its place was known', async () => {
    await signedIn('ask');
    await allow('claude-desktop');
    expect(await outcome(meet(claude))).toBe('let in');
    expect(await outcome(meet(undefined))).toBe('let in');
    expect(programs()).toMatchObject([{ access: 'allowed', path: claude.path }]);
  });

  it('is asked about again under its name from elsewhere, and the one that was allowed goes on', async () => {
    await signedIn('ask');
    await outcome(meet(claude));
    await allow('claude-desktop');
    const other = meet(elsewhere);
    expect(other).toBe('claude-desktop#2');
    expect(await outcome(other)).toBe('program-waiting');
    expect(await outcome(meet(claude))).toBe('let in');
    expect(programs()).toMatchObject([
      { name: 'claude-desktop', access: 'allowed', path: claude.path },
      { name: other, title: 'claude-desktop', access: 'asking', path: elsewhere.path, otherPath: claude.path },
    ]);
    await refuse(other);
    expect(await outcome(meet(elsewhere))).toBe('program-refused');
    expect(await outcome(meet(claude))).toBe('let in');
    expect(meet({ path: '/home/y/claude' })).toBe('claude-desktop#3');
  });

  it('is not asked about after an update', async () => {
    await signedIn('ask');
    const version = (number: string) => ({ path: `/home/a/.local/share/claude/versions/${number}` });
    await outcome(meet(version('2.1.40')));
    await allow('claude-desktop');
    expect(await outcome(meet(version('2.1.41')))).toBe('let in');
    expect(programs()).toMatchObject([{ name: 'claude-desktop', path: version('2.1.41').path }]);
    expect(programs()).toHaveLength(1);
  });

  it('is another one where somebody else has signed it, at the same path as well', async () => {
    await signedIn('ask');
    meet({ ...claude, signer: 'Anthropic PBC' });
    await outcome('claude-desktop');
    await allow('claude-desktop');
    expect(await outcome(meet({ ...claude, signer: 'Somebody' }))).toBe('program-waiting');
    expect(await outcome(meet({ ...claude, signer: '' }))).toBe('program-waiting');
    expect(await outcome(meet({ ...claude, signer: 'Anthropic PBC' }))).toBe('let in');
  });

  it('has its own name back once its signer is known, and the question is taken away', async () => {
    await signedIn('ask');
    meet({ ...claude, signer: 'Anthropic PBC' });
    await allow('claude-desktop');
    const moved = { path: '/home/a/Claude/claude' };
    const guessed = meet(moved);
    expect(await outcome(guessed)).toBe('program-waiting');
    expect(meet({ ...moved, signer: 'Anthropic PBC' })).toBe('claude-desktop');
    expect(programs().map(({ name, path }) => [name, path])).toEqual([['claude-desktop', moved.path]]);
  });

  it('is let in from elsewhere too where nobody is asked, but not past a refusal', async () => {
    await signedIn('allow');
    expect(await outcome(meet(claude))).toBe('let in');
    expect(await outcome(meet(elsewhere))).toBe('let in');
    await refuse('claude-desktop');
    expect(await outcome(meet(claude))).toBe('program-refused');
    expect(await outcome(meet({ path: '/home/y/claude' }))).toBe('program-refused');
    await allow('claude-desktop#3');
    expect(await outcome(meet({ path: '/home/y/claude' }))).toBe('let in');
  });

  it('is asked about from another place after a refusal, where people are asked', async () => {
    await signedIn('ask');
    await outcome(meet(elsewhere));
    await refuse('claude-desktop');
    expect(await outcome(meet(claude))).toBe('program-waiting');
  });

  it('is known again after a restart', async () => {
    await signedIn('ask');
    await outcome(meet({ ...claude, signer: 'Anthropic PBC' }));
    await allow('claude-desktop');
    await outcome(meet(elsewhere));
    await person.broker.close();
    const again = person.restarted();
    expect(again.meetProgram('claude-desktop', claude)).toBe('claude-desktop');
    expect(again.meetProgram('claude-desktop', elsewhere)).toBe('claude-desktop#2');
    expect(await outcome('claude-desktop', again)).toBe('let in');
    expect(programs(again)).toMatchObject([{ signer: 'Anthropic PBC' }, { title: 'claude-desktop' }]);
  });

  it('is not given leave that waited for the program of that name, where it is known to be none of its processes', async () => {
    await signedIn('ask');
    await allow('claude-desktop');
    const stranger = () => person.broker.meetProgram('claude-desktop', elsewhere, true);
    expect(await outcome(stranger())).toBe('program-waiting');
    expect(programs()).toMatchObject([{ access: 'allowed' }, { title: 'claude-desktop', path: elsewhere.path }]);
    expect(await outcome(meet(claude))).toBe('let in');
    expect(stranger()).toBe('claude-desktop#2');
    expect(programs()).toMatchObject([{ path: claude.path }, { path: elsewhere.path, otherPath: claude.path }]);
    // A name that waits for nobody is free for all.
    expect(person.broker.meetProgram('cursor', elsewhere, true)).toBe('cursor');
  });

  it('is shown in one line, whatever it calls its folder', async () => {
    await signedIn('ask');
    const path = '/tmp/\u202ea\u001b[2J\nb/x';
    await outcome(meet({ path, signer: 'A\nB' }));
    expect(programs()).toMatchObject([{ path: '/tmp/ a [2J b/x', signer: 'A B' }]);
    expect(meet({ path })).toBe('claude-desktop');
  });

  it('cannot say the name that another one was given', async () => {
    await signedIn('ask');
    await outcome(meet(claude));
    await outcome(meet(elsewhere));
    await allow('claude-desktop#2');
    expect(await outcome(meet(undefined, 'claude-desktop#2'))).toBe('program-waiting');
    expect(meet(undefined, 'claude-desktop#2')).toBe('claude-desktop 2');
    expect(meet(undefined, 'C#')).toBe('C#');
    expect(meet(undefined, ' x\u200b#12 ')).toBe('x 12');
  });

  it('that comes from ever new places shares one name in the end, and nobody’s leave', async () => {
    await signedIn('ask');
    await outcome(meet(claude));
    await allow('claude-desktop');
    const names = new Set(Array.from({ length: 80 }, (_, at) => meet({ path: `/tmp/${at}/x` })));
    expect(names.size).toBe(50);
    expect(names).not.toContain('claude-desktop');
    expect(await outcome(meet(claude))).toBe('let in');
    const long = 'n'.repeat(200);
    expect(meet(claude, long)).toHaveLength(100);
    expect(meet(elsewhere, long)).toBe(`${'n'.repeat(96)}#2`);
  });
});
