/** What is read from `--fields-from`, and what of it is needed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../electron/cli/context.ts';
import { givenFields, pairsIn } from '../../electron/cli/given-fields.ts';
import { parseCommandLine } from '../../electron/cli/options.ts';
import { createOutput } from '../../electron/cli/output.ts';
import { asFault } from '../../shared/faults.ts';
import type { WayInOfferView } from '../../shared/ways-in.ts';

describe('pairs', () => {
  it.each([
    ['{"api-key":"a=b\\n"}', [['api-key', 'a=b\n']]],
    [
      '\ufeff  {"email":"a@b","password":" x "}',
      [
        ['email', 'a@b'],
        ['password', ' x '],
      ],
    ],
    [
      'email=a@b\npassword= x=1 \n',
      [
        ['email', 'a@b'],
        ['password', ' x=1 '],
      ],
    ],
    ['# mine\r\n\r\n  api-key =k\r\n', [['api-key', 'k']]],
    ['password=', [['password', '']]],
    ['', undefined],
    ['no pair', undefined],
    ['a=1\nno pair', undefined],
    ['{"a":1}', undefined],
    ['{"a":"x"', undefined],
    ['["a"]', undefined],
  ])('%j', (text, expected) => {
    expect(pairsIn(text)).toEqual(expected);
  });

  it('never throw, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void pairsIn(text)));
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
        ),
        (object) => {
          expect(Object.fromEntries(pairsIn(JSON.stringify(object)) ?? [])).toEqual({ ...object });
        },
      ),
    );
  });
});

describe('the fields of a way in', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cx-fields-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const machine: WayInOfferView = {
    id: 'client-credentials',
    keepsTyped: true,
    legacy: false,
    fields: [
      { name: 'client-id', secret: false, required: true },
      { name: 'client-secret', secret: true, required: false },
      { name: 'private-key', secret: true, required: false },
    ],
  };
  const key: WayInOfferView = {
    id: 'api-key',
    keepsTyped: true,
    legacy: false,
    fields: [
      { name: 'header-name', secret: false, required: false },
      { name: 'api-key', secret: true, required: true },
    ],
  };

  async function file(text: string): Promise<string> {
    const path = join(folder, `fields-${Math.floor(performance.now() * 1000)}`);
    await writeFile(path, text);
    return path;
  }

  const given = (offer: WayInOfferView, words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { parameters, options } = parseCommandLine(['connect', 'x', '--data', folder, ...words]);
    const output = createOutput(false, process.stdout, process.stderr);
    return givenFields(createContext(parameters, options, output, env), offer, new AbortController().signal);
  };
  const refused = async (offer: WayInOfferView, words: readonly string[]) => {
    const fault = await given(offer, words).then(() => {
      throw new Error('it was taken');
    }, asFault);
    return { code: fault.code, ...fault.detail };
  };

  it('come from options, the environment, files, in every spelling of their names', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n';
    expect(await given(machine, ['--client-id', 'c', '--private-key-file', await file(pem)])).toEqual({
      'client-id': 'c',
      'private-key': pem,
    });
    expect(await given(machine, ['--client-id', 'c'], { CONEXOR_CLIENT_SECRET: 's' })).toEqual({
      'client-id': 'c',
      'client-secret': 's',
    });
    const both = await file('{"clientId":"c","client_secret":"s"}');
    expect(await given(machine, ['--fields-from', both])).toEqual({ 'client-id': 'c', 'client-secret': 's' });
    const words = ['--header-name', 'X-Key', '--fields-from', await file('apiKey=k')];
    expect(await given(key, words)).toEqual({ 'header-name': 'X-Key', 'api-key': 'k' });
    // What this way in does not need is not sent.
    expect(await given(key, ['--client-id', 'c', '--fields-from', await file('API_KEY=k')])).toEqual({
      'api-key': 'k',
    });
    expect(await given({ ...key, fields: [] }, [])).toEqual({});
  });

  it('that are missing are named, with how to give them', async () => {
    expect(await refused(machine, ['--client-id', 'c'])).toMatchObject({
      code: 'input-invalid',
      subject: 'client-secret',
      thing: 'missing-field',
      next: expect.stringContaining('as {"client-id": "…", "client-secret": "…"}'),
    });
    expect(await refused(key, ['--header-name', 'X-Key'])).toMatchObject({
      subject: 'api-key',
      next: expect.stringContaining('header-name (not needed), api-key'),
    });
    // With nothing at all the broker may have it already.
    expect(await given(key, [])).toEqual({});
  });

  it('that nobody asked for, and files that cannot be read, are refused without a word of what was in them', async () => {
    for (const text of ['{"api-key":"k","hunter2":"x"}', 'password=hunter2', 'hunter2', '']) {
      const fault = await refused(key, ['--fields-from', await file(text)]);
      expect(fault.code).toBe('input-invalid');
      expect(JSON.stringify(fault)).not.toContain('hunter2');
    }
    expect(await refused(key, ['--fields-from', join(folder, 'none')])).toMatchObject({ code: 'input-invalid' });
    expect(await refused(machine, ['--private-key-file', join(folder, 'none')])).toMatchObject({
      subject: `the key file ${join(folder, 'none')}`,
    });
  });
});
