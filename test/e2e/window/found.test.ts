/** Services found in Claude Desktop's own file: offered, taken over, the file cleaned on the person's word, the copy deleted. */
import { describe, expect, it } from 'vitest';
import type { FoundImport } from '../../../shared/imports.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers } from '../../fakes/scripted-window.ts';
import { inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { everyday, service, stateOf } from './scenes.ts';

const path = '/home/ada/.config/Claude/claude_desktop_config.json';
const server = (name: string, change: object = {}): FoundImport['servers'][number] => ({
  name,
  target: `https://${name}.example/mcp`,
  host: `${name}.example`,
  title: name,
  hasClientId: true,
  hasSecret: true,
  unknownKeys: [],
  ...change,
});
const found = (change: Partial<FoundImport> = {}): FoundImport => ({
  path,
  servers: [server('sales')],
  backups: [],
  ...change,
});
const sales = service('Sales', { state: 'sign-in-again', accounts: [], clients: [] });

describe.skipIf(partMissing('browser') !== undefined)("what Claude Desktop's file has", () => {
  const stage = windowStage();
  const at = (answers: Answers) => ({ state: stateOf(everyday), at: '#/add', answers });
  const title = 'Found in Claude Desktop';

  it('is offered with what will happen, in plain words, and taken over with its secret', async () => {
    let files = [found()];
    const answers: Answers = {
      findImports: () => ({ found: files }),
      importServers: () => {
        files = [found({ servers: [server('sales', { hasSecret: false })], backups: [`${path}.bak`] })];
        return {
          servers: [
            { name: 'sales', connection: sales, added: true, took: ['client-id', 'client-secret'], secretLeft: false },
          ],
          cleaned: { path, backup: `${path}.bak` },
        };
      },
      removeBackups: () => {
        files = [];
        return { removed: [`${path}.bak`] };
      },
    };
    await inWindow(stage, at(answers), async ({ page, asked, complaints }) => {
      await page.getByRole('heading', { name: title }).waitFor();
      expect(await visibleText(page)).not.toMatch(jargon);
      await page.getByRole('checkbox', { name: 'Take the secret out' }).check();
      await page.getByRole('button', { name: 'Add it' }).click();
      await page.getByText('The secret was taken out of Claude’s file.').waitFor();
      expect(asked.find(({ method }) => method === 'importServers')?.argument).toEqual({
        source: { kind: 'claude-desktop', path },
        servers: ['sales'],
        clean: 'secret',
      });
      await page.getByRole('button', { name: 'Delete the copy' }).click();
      await page.getByRole('heading', { name: title }).waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
    });
  });

  it('stays in the file where the person says nothing, and one of several is chosen', async () => {
    const answers: Answers = {
      findImports: () => ({ found: [found({ servers: [server('sales'), server('other', { hasSecret: false })] })] }),
      importServers: () => ({
        servers: [
          {
            name: 'sales',
            added: false,
            took: [],
            secretLeft: false,
            fault: { fault: 'x', what: 'Not that one.', next: 'No.' },
          },
        ],
      }),
    };
    await inWindow(stage, at(answers), async ({ page, asked }) => {
      await page.getByRole('checkbox', { name: 'other' }).uncheck();
      await page.getByRole('button', { name: 'Add it' }).click();
      await page.getByText('Not that one.').waitFor();
      expect(asked.find(({ method }) => method === 'importServers')?.argument).toEqual({
        source: { kind: 'claude-desktop', path },
        servers: ['sales'],
        clean: 'nothing',
      });
    });
  });

  it('names what cannot be added and why, and where a secret still stands', async () => {
    const fault = { fault: 'address-insecure', what: 'Not protected.', next: 'Use https.' };
    const none = { target: '', host: '', title: '', fault };
    const tooMany = { fault: 'too-large', what: 'There are 60 services in it.', next: 'At most 50.' };
    const answers: Answers = {
      findImports: () => ({
        found: [
          found({ servers: [server('sales'), server('bad', none)] }),
          found({ path: '/other.json', servers: [], fault: tooMany }),
        ],
      }),
      importServers: () => ({
        servers: [
          { name: 'sales', connection: sales, added: true, took: ['client-id', 'client-secret'], secretLeft: true },
        ],
      }),
    };
    await inWindow(stage, at(answers), async ({ page, asked }) => {
      await page.getByText('Not protected. Use https.').waitFor();
      await page.getByText('There are 60 services in it.').waitFor();
      expect(await page.getByRole('checkbox', { name: 'bad' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Add it' }).click();
      await page.getByText('The secret of sales still stands in Claude’s file.').waitFor();
      expect(asked.find(({ method }) => method === 'importServers')?.argument).toMatchObject({ servers: ['sales'] });
    });
  });

  it('is not mentioned where there is nothing, or nothing new', async () => {
    const answers: Answers = {
      findImports: () => ({
        found: [found({ servers: [server('sales', { hasSecret: false, target: sales.resource })] })],
      }),
    };
    const state = stateOf([sales]);
    await inWindow(stage, { ...at(answers), state }, async ({ page, asked }) => {
      await expect.poll(() => asked.some(({ method }) => method === 'findImports')).toBe(true);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByRole('heading', { name: title }).count()).toBe(0);
    });
  });
});
