/** `conexor registration delete`: what ends is said before, and only a yes deletes. */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { registration } from '../../electron/cli/access.ts';
import { createContext } from '../../electron/cli/context.ts';
import { parseCommandLine } from '../../electron/cli/options.ts';
import { createOutput } from '../../electron/cli/output.ts';
import type { ControlClient } from '../../electron/core/control/client.ts';
import { asFault } from '../../shared/faults.ts';

const entry = {
  clientId: 'ours',
  source: 'dynamic',
  issuer: 'https://login.example',
  redirectUris: [],
  alsoUsedBy: ['notes', 'wiki'],
} as const;

async function run(managed: boolean, ...words: readonly string[]) {
  const asked: string[] = [];
  const control = {
    async ask(method: string, argument: { readonly action?: string }) {
      if (method === 'findConnection') return { id: 'id-1', title: 'Example' };
      asked.push(argument.action ?? '');
      const done = managed ? 'deleted' : 'not-managed';
      return { ...entry, managed, outcome: argument.action === 'read' ? 'read' : done };
    },
  } as unknown as ControlClient;
  const stdout = new PassThrough();
  const { parameters, options } = parseCommandLine(['registration', ...words]);
  const context = createContext(parameters, options, createOutput(false, stdout, new PassThrough()), {});
  const code = await registration({ ...context, control: async () => control }).catch(asFault);
  return { code, asked, said: String(stdout.read() ?? '') };
}

it('P-55 without a yes nothing is deleted, and it is said who else would be signed out', async () => {
  const { code, asked } = await run(true, 'delete');
  expect(asked).toEqual(['read']);
  expect(code).toMatchObject({
    code: 'input-invalid',
    detail: {
      next: expect.stringMatching(/Sign-ins that were made with it end\. Also at notes, wiki everybody.*--yes\.$/),
    },
  });
});

it('P-55 with a yes it is deleted, and it is said who else is signed out', async () => {
  const { code, asked, said } = await run(true, 'delete', '--yes');
  expect([code, asked]).toEqual([0, ['read', 'delete']]);
  expect(said).toMatch(
    /The service has deleted the registration\.\nAlso at notes, wiki everybody has to sign in again\.\n$/,
  );
});

it('one that cannot be deleted from here needs no yes to say so', async () => {
  expect(await run(false, 'delete')).toMatchObject({ code: 1, asked: ['read', 'delete'] });
});
