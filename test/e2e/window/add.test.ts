/** Adding a service: Conexor by two names, any other by its address, what somebody pasted, and everything that can be wrong with it. */
import { describe, expect, it } from 'vitest';
import type { Pasted } from '../../../shared/window.ts';
import { partMissing } from '../../fakes/parts.ts';
import type { Answers } from '../../fakes/scripted-window.ts';
import { codes, inWindow, jargon, visibleText, windowStage } from './looks.ts';
import { everyday, service, stateOf } from './scenes.ts';

const notes = service('Notes', { state: 'sign-in-again', accounts: [], clients: [] });
const begun = {
  attempt: 'attempt-1',
  authorizationUrl: 'https://app.conexor.example/consent',
  host: 'app.conexor.example',
  permissions: [],
  browserOpened: false,
};
const working: Answers = {
  addConnection: () => ({ connection: notes, added: true }),
  addPasted: () => ({ connection: notes, added: true }),
  startSignIn: () => begun,
  removeConnection: () => ({ name: 'notes', signedOut: [] }),
};
const clientIdNeeded = {
  fault: 'client-id-needed',
  what: 'Conexor wants every app to be known beforehand.',
  next: 'You find the client ID in the Conexor dashboard, under Servers, on the page of your server.',
};

function refusing(fault: string, what: string, next: string): () => never {
  return () => {
    throw { fault, what, next };
  };
}

const server = (name: string, change: object = {}) => ({
  name,
  target: `https://${name}.example/mcp`,
  host: `${name}.example`,
  title: name,
  hasClientId: false,
  hasSecret: false,
  unknownKeys: [],
  ...change,
});

describe.skipIf(partMissing('browser') !== undefined)('adding a service', () => {
  const stage = windowStage();
  const at = (answers: Answers = {}) => ({
    state: stateOf(everyday),
    at: '#/add',
    answers: { ...working, ...answers },
  });

  it('Rule 1 begins with Conexor, in two plain names', () =>
    inWindow(stage, at(), async ({ page, asked }) => {
      expect(await visibleText(page)).not.toMatch(jargon);
      expect(await page.getByRole('textbox').count()).toBe(2);
      await page.getByRole('button', { name: 'Continue' }).click();
      expect(await page.getByRole('alert').allTextContents()).toEqual([
        'Enter the name of your organisation.',
        'Enter the name of the server.',
      ]);
      await page.getByRole('textbox', { name: 'Organisation' }).fill('Acme Ltd');
      await page.getByText('Without spaces, as in your dashboard: acme-ltd').waitFor();
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme!');
      await page.getByText('letters, digits').waitFor();
      expect(asked.map(({ method }) => method)).not.toContain('addConnection');
    }));

  it.each([
    'acme/sales-api',
    'https://app.conexor.io/mcp/acme/sales-api',
    ' https://app.conexor.io/mcp/acme/sales-api/ ',
    'app.conexor.io/mcp/acme/sales-api',
    'https://app.conexor.io/mcp/acme/sales-api?tab=clients',
  ])('what is pasted whole into one of them is taken apart: %s', (text) =>
    inWindow(stage, at(), async ({ page }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill(text);
      expect(await page.getByRole('textbox', { name: 'Organisation' }).inputValue()).toBe('acme');
      expect(await page.getByRole('textbox', { name: 'Server' }).inputValue()).toBe('sales-api');
    }),
  );

  it.each(['Organisation', 'Server'])('what is typed whole into %s is taken apart when it is sent off', (name) =>
    inWindow(stage, at(), async ({ page, asked }) => {
      await page.getByRole('textbox', { name }).pressSequentially('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(asked.find(({ method }) => method === 'addConnection')?.argument).toEqual({
        target: 'acme/sales-api',
        service: 'conexor',
      });
    }),
  );

  it('half an address is wrong at the field where it stands', () =>
    inWindow(stage, at(), async ({ page }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill('app.conexor.io/mcp');
      await page.getByRole('textbox', { name: 'Server' }).fill('sales-api');
      await page.keyboard.press('Enter');
      const alerts = await page.getByRole('alert').allTextContents();
      expect(alerts).toEqual(['Names have letters, digits, hyphens, dots and underscores only.']);
      expect(await page.getByRole('textbox', { name: 'Organisation' }).getAttribute('aria-invalid')).toBe('true');
    }));

  it('the client ID is asked for only once the service wants it, with where it is found', () => {
    let known = false;
    const startSignIn = () => {
      if (!known) throw clientIdNeeded;
      return begun;
    };
    return inWindow(stage, at({ startSignIn }), async ({ page, asked }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      expect(await page.getByRole('textbox', { name: 'Client ID' }).count()).toBe(0);
      await page.keyboard.press('Enter');
      const field = page.getByRole('textbox', { name: 'Client ID' });
      await field.waitFor();
      expect(await field.evaluate((element) => element.matches(':focus'))).toBe(true);
      expect(await visibleText(page)).toContain(clientIdNeeded.next);
      expect(asked.map(({ method }) => method)).not.toContain('removeConnection');
      known = true;
      await field.fill('client_8f3a');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(asked.filter(({ method }) => method === 'addConnection').at(-1)?.argument).toEqual({
        target: notes.resource,
        clientId: 'client_8f3a',
      });
    });
  });

  it('instead of a client ID, another service: what was added goes again', () =>
    inWindow(stage, at({ startSignIn: () => Promise.reject(clientIdNeeded) }), async ({ page, asked }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Client ID' }).fill('x');
      await page.keyboard.press('Enter');
      await expect.poll(() => asked.filter(({ method }) => method === 'startSignIn')).toHaveLength(2);
      await page.getByRole('button', { name: 'Another service instead' }).click();
      await page.getByRole('textbox', { name: 'Organisation' }).waitFor();
      expect(asked.filter(({ method }) => method === 'removeConnection')).toHaveLength(1);
    }));

  const bad = [
    [
      'an address that is no such service',
      'discovery-failed',
      'Conexor could not find out how to sign in at example.org.',
    ],
    ['a service that is down', 'unreachable', 'Conexor could not reach example.org.'],
    ['a company’s certificate', 'tls-refused', 'The secure connection to example.org could not be trusted.'],
    ['a wrong clock', 'sign-in-unknown', 'This computer’s clock is two hours ahead.'],
  ] as const;
  it.each(bad)('Rule 11 %s: what happened, what to do, and nothing of it stays behind', (_, fault, what) =>
    inWindow(
      stage,
      at({ startSignIn: refusing(fault, what, 'Check the address, or try again later.') }),
      async ({ page, asked }) => {
        await page.getByRole('heading', { name: 'Another service' }).click();
        await page.getByRole('textbox', { name: 'Its address' }).fill('example.org/mcp');
        await page.keyboard.press('Enter');
        const alert = page.getByRole('alert');
        await alert.getByText(what).waitFor();
        expect(await alert.textContent()).toContain('Check the address, or try again later.');
        expect(await visibleText(page)).not.toMatch(codes);
        expect(asked.find(({ method }) => method === 'addConnection')?.argument).toEqual({
          target: 'example.org/mcp',
        });
        expect(asked.find(({ method }) => method === 'removeConnection')?.argument).toEqual({ connection: notes.id });
        expect(await page.getByRole('textbox', { name: 'Its address' }).inputValue()).toBe('example.org/mcp');
        expect(await page.getByRole('dialog').count()).toBe(0);
      },
    ),
  );

  it('an address that is not protected is refused in words, and nothing was added', () => {
    const what = '10.0.0.3 is not protected on the way, so nothing is sent there.';
    const addConnection = refusing('address-insecure', what, 'Use an address that begins with https.');
    return inWindow(stage, at({ addConnection }), async ({ page, asked }) => {
      await page.getByRole('heading', { name: 'Another service' }).click();
      await page.getByRole('textbox', { name: 'Its address' }).fill('http://10.0.0.3/mcp');
      await page.getByRole('button', { name: 'Continue' }).locator('visible=true').click();
      const field = page.getByRole('textbox', { name: 'Its address' });
      await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
      expect(await page.getByRole('alert').allTextContents()).toEqual([
        `${what} Use an address that begins with https.`,
      ]);
      expect(await field.evaluate((element) => element.getAttribute('aria-describedby'))).toMatch(/error/);
      await expect.poll(() => field.evaluate((element) => element.matches(':focus'))).toBe(true);
      expect(asked.map(({ method }) => method)).not.toContain('removeConnection');
      // What was said is not about what is typed next.
      await field.fill('https://10.0.0.3/mcp');
      expect(await page.getByRole('alert').count()).toBe(0);
    });
  });

  it('where addresses were given by hand, what is wrong with one of them is not said of another', () => {
    const what = 'The address of the sign-in is not protected.';
    const addConnection = refusing('address-insecure', what, 'Use https.');
    return inWindow(stage, at({ addConnection }), async ({ page }) => {
      await page.getByRole('heading', { level: 2, name: 'Any other web service', exact: true }).click();
      const form = page.locator('.way-card[open]');
      await form.getByRole('button', { name: 'Other ways to sign in' }).click();
      await form.getByRole('radio', { name: 'As a program' }).check();
      await form.getByRole('textbox', { name: 'Its address' }).fill('api.example.com');
      await form.getByRole('textbox', { name: 'Client ID' }).fill('acme');
      await form.getByRole('textbox', { name: 'Client secret' }).fill('x');
      await form.getByText('Addresses of the sign-in').click();
      await form.getByRole('textbox', { name: 'Token endpoint' }).fill('http://10.0.0.3/token');
      await form.getByRole('button', { name: 'Continue' }).click();
      await form.getByRole('alert').getByText(what).waitFor();
      expect(await form.locator('[aria-invalid="true"]').count()).toBe(0);
    });
  });

  it('a double click is one click', () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const addConnection = async () => {
      await held;
      return { connection: notes, added: true };
    };
    return inWindow(stage, at({ addConnection }), async ({ page, asked }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.getByRole('button', { name: 'Continue' }).dblclick();
      await page.keyboard.press('Enter');
      release();
      await page.getByRole('dialog').waitFor();
      expect(asked.filter(({ method }) => method === 'addConnection')).toHaveLength(1);
    });
  });

  it('Rule 16 progress at once, words after a second, Cancel after three; what was begun is taken back', () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const startSignIn = async () => {
      await held;
      return begun;
    };
    return inWindow(stage, at({ startSignIn }), async ({ page, asked }) => {
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/sales-api');
      await page.keyboard.press('Enter');
      await page.getByRole('progressbar').waitFor();
      await page.getByText('Asking the service how to sign in…').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      release();
      await expect.poll(() => asked.map(({ method }) => method)).toContain('removeConnection');
      expect(asked.find(({ method }) => method === 'cancelSignIn')?.argument).toEqual({ attempt: 'attempt-1' });
      expect(await page.getByRole('dialog').count()).toBe(0);
    });
  });

  it('Rule 6 a service that is here already is shown, not added again and not signed in to again', () => {
    const [present] = everyday;
    if (!present) throw new Error('no service');
    return inWindow(stage, at({ addConnection: () => ({ connection: present, added: false }) }), async (window) => {
      const { page, asked } = window;
      await page.getByRole('textbox', { name: 'Organisation' }).fill('acme/conexor');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: present.title }).waitFor();
      expect(asked.map(({ method }) => method)).not.toContain('startSignIn');
      expect(await page.locator('[data-live-announcer]').textContent()).toContain('was here already');
    });
  });

  it('Rule 12 a link fills in an address and sends nothing off', () =>
    inWindow(stage, { ...at(), at: '' }, async ({ page, asked, tell }) => {
      await tell({ kind: 'page', page: { name: 'add', target: 'https://evil.example/mcp' } });
      const field = page.getByRole('textbox', { name: 'Its address' });
      await field.waitFor();
      expect(await field.inputValue()).toBe('https://evil.example/mcp');
      expect(asked.map(({ method }) => method)).not.toContain('addConnection');
      expect(asked.map(({ method }) => method)).not.toContain('startSignIn');
    }));

  it('a second link fills in its own address', () =>
    inWindow(stage, { ...at(), at: '' }, async ({ page, tell }) => {
      for (const target of ['https://one.example/mcp', 'https://two.example/mcp']) {
        await tell({ kind: 'page', page: { name: 'add', target } });
        await expect.poll(() => page.getByRole('textbox', { name: 'Its address' }).inputValue()).toBe(target);
      }
    }));

  describe('from what was pasted', () => {
    const pasting = (pasted: Pasted, answers: Answers = {}) => at({ readPasted: () => pasted, ...answers });

    it('a service that wants a key asks for it below what was understood, and is added with it', () => {
      const host = 'api.connexease.com';
      const pasted = { kind: 'address', target: `https://${host}`, host, title: 'connexease' } as const;
      return inWindow(stage, pasting(pasted), async ({ page, asked }) => {
        await page.getByRole('heading', { name: 'Paste from your dashboard' }).click();
        const form = page.locator('.way-card[open]');
        await form.getByRole('textbox', { name: 'Paste here' }).fill(`https://${host}`);
        await form.getByRole('textbox', { name: 'Access key' }).fill('ct_live_1');
        expect(await form.getByRole('textbox', { name: 'Its address' }).count()).toBe(0);
        await form.getByRole('button', { name: 'Continue' }).click();
        await expect
          .poll(() =>
            asked.filter(({ method }) => /addPasted|startSignIn/.test(method)).map(({ argument }) => argument),
          )
          .toEqual([
            { text: `https://${host}` },
            {
              connection: notes.id,
              openBrowser: false,
              wayIn: 'access-token',
              given: { 'access-token': 'ct_live_1' },
            },
          ]);
      });
    });

    it('a practice service is called as on its card, also where its address was pasted', () => {
      const host = '127.0.0.1:4802';
      const title = 'practice-connexease';
      return inWindow(stage, pasting({ kind: 'address', target: `http://${host}`, host, title }), async ({ page }) => {
        await page.getByRole('heading', { name: 'Paste from your dashboard' }).click();
        const form = page.locator('.way-card[open]');
        await form.getByRole('textbox', { name: 'Paste here' }).fill(`http://${host}`);
        await form.getByText('Connexease practice service').waitFor();
        expect(await form.getByText(title, { exact: true }).count()).toBe(0);
      });
    });

    it('the name of a service in any case leads to its form; an empty box says what is wanted', () =>
      inWindow(stage, at(), async ({ page, asked }) => {
        await page.getByRole('heading', { name: 'Paste from your dashboard' }).click();
        const form = page.locator('.way-card[open]');
        await form.getByRole('button', { name: 'Add' }).click();
        await form.getByText('Paste an address or a block, or type the name of a service.').waitFor();
        const box = form.getByRole('textbox', { name: 'Paste here' });
        await box.fill('CONNEXEASE');
        await form.getByRole('textbox', { name: 'Access key' }).waitFor();
        await box.fill('Conexor');
        await form.getByRole('textbox', { name: 'Organisation' }).waitFor();
        await box.fill('conexor for Agents');
        await form.getByRole('textbox', { name: 'API key' }).waitFor();
        expect(asked.filter(({ method }) => method === 'readPasted')).toEqual([]);
      }));
    const paste = async (page: import('@playwright/test').Page, text: string) => {
      await page.getByRole('heading', { name: 'Paste from your dashboard' }).click();
      await page.getByRole('textbox', { name: 'Paste here' }).fill(text);
    };

    it('says what it understood: whose it is, that a secret is kept, what is left out', () => {
      const one = server('sales', { hasSecret: true, unknownKeys: ['autoApprove', 'timeout'] });
      return inWindow(stage, pasting({ kind: 'block', servers: [one] }), async ({ page, asked }) => {
        await paste(page, '{"mcpServers":{"sales":{}}}');
        await page.getByText('This is what Conexor understood:').waitFor();
        const text = await visibleText(page);
        expect(text).toContain('at sales.example');
        expect(text).toContain(
          'It contains a secret. It will be kept in the sealed file, and you can delete it where it came from.',
        );
        expect(text).toContain('autoApprove and timeout');
        expect(text).not.toContain('a key in plain text');
        expect(asked.map(({ method }) => method)).not.toContain('addPasted');
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        await page.getByRole('dialog').waitFor();
        expect(asked.find(({ method }) => method === 'addPasted')?.argument).toEqual({
          text: '{"mcpServers":{"sales":{}}}',
          server: 'sales',
        });
      });
    });

    it('where nothing lasts, it does not send anybody to delete the secret where it came from', () => {
      const answers = pasting({ kind: 'block', servers: [server('sales', { hasSecret: true })] });
      const state = stateOf(everyday, { snapshot: { vault: { kind: 'memory' } } });
      return inWindow(stage, { ...answers, state }, async ({ page }) => {
        await paste(page, '{"mcpServers":{"sales":{}}}');
        await page.getByText('It will be kept only until Conexor stops; then you need it again.').waitFor();
        expect(await visibleText(page)).not.toMatch(/sealed file|delete it/);
      });
    });

    it('a key in a header is not kept, and said so; servers of one host are told apart by their names', () => {
      const at = (name: string) => `https://app.conexor.io/mcp/acme/${name}`;
      const servers = [
        server('one', { target: at('sales'), unknownKeys: ['headers'] }),
        server('two', { target: at('stock') }),
      ];
      return inWindow(stage, pasting({ kind: 'block', servers }), async ({ page }) => {
        await paste(page, '{}');
        await page.getByText('acme · sales').waitFor();
        const text = await visibleText(page);
        expect(text).toContain('acme · stock');
        expect(text.split('It held a key in plain text. Conexor does not keep it')).toHaveLength(2);
      });
    });

    it('says before the yes where a client takes the place of another one', () => {
      const one = server('sales', { hasClientId: true, hasSecret: true, replaces: 'sales' });
      return inWindow(stage, pasting({ kind: 'block', servers: [one] }), async ({ page }) => {
        await paste(page, '{}');
        await page.locator('.pasted').waitFor();
        expect(await visibleText(page)).toContain('signs in with another client ID. This one takes its place.');
      });
    });

    it('names no key that another sentence speaks of already', () => {
      const one = server('one', { unknownKeys: ['headers', 'weird'] });
      return inWindow(stage, pasting({ kind: 'block', servers: [one] }), async ({ page }) => {
        await paste(page, '{}');
        await page.locator('.pasted').waitFor();
        const text = await visibleText(page);
        expect(text).toContain('It held a key in plain text.');
        expect(text).toMatch(/because Conexor has no use for it: weird$/m);
        expect(text).not.toContain('headers');
      });
    });

    it('a bare address has a picture, not digits that look like a count', () => {
      const title = '127.0.0.1:9377';
      const target = `http://${title}/mcp`;
      return inWindow(stage, pasting({ kind: 'address', target, host: title, title }), async ({ page }) => {
        await paste(page, target);
        await page.locator('.pasted').waitFor();
        expect(await page.locator('.pasted').textContent()).not.toMatch(/^10/);
        expect(await page.locator('.pasted svg').count()).toBe(1);
      });
    });

    it('where none can be used, that is what is said', () => {
      const fault = { fault: 'input-invalid', what: 'It is started on this computer.', next: 'Use an address.' };
      const none = { target: '', host: '', title: '', fault };
      const servers = [server('one', none), server('two', none)];
      return inWindow(stage, pasting({ kind: 'block', servers }), async ({ page }) => {
        await paste(page, '{}');
        await page.getByText('None of these can be added.').waitFor();
        const text = await visibleText(page);
        expect(text).not.toMatch(/Choose|\bat\s*$/m);
      });
    });

    it('of two servers one is chosen, and one that cannot be used says why', () => {
      const what = '10.0.0.3 is not protected on the way, so nothing is sent there.';
      const fault = { fault: 'address-insecure', what, next: 'Use an address that begins with https.' };
      const servers = [server('sales'), server('notes'), server('internal', { fault })];
      return inWindow(stage, pasting({ kind: 'block', servers }), async ({ page, asked }) => {
        await paste(page, '{}');
        await page.getByRole('button', { name: 'Add 2 services' }).waitFor();
        expect(await page.getByRole('checkbox', { name: 'internal' }).isDisabled()).toBe(true);
        expect(await visibleText(page)).toContain(what);
        await page.getByRole('checkbox', { name: 'sales' }).uncheck();
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        await page.getByRole('dialog').waitFor();
        expect(asked.filter(({ method }) => method === 'addPasted').map(({ argument }) => argument)).toEqual([
          { text: '{}', server: 'notes' },
        ]);
      });
    });

    it('Rule 12 several are added without any sign-in; each is signed in to when the person wants it', () =>
      inWindow(stage, pasting({ kind: 'block', servers: [server('sales'), server('notes')] }), async (window) => {
        const { page, asked } = window;
        await paste(page, '{}');
        await page.getByRole('button', { name: 'Add 2 services' }).click();
        await expect.poll(() => page.url()).toMatch(/#\/$/);
        expect(asked.filter(({ method }) => method === 'addPasted')).toHaveLength(2);
        expect(asked.map(({ method }) => method)).not.toContain('startSignIn');
      }));

    it('junk is said to be junk, and can be corrected', () => {
      const fault = {
        fault: 'input-invalid',
        what: 'This is not something Conexor can use.',
        next: 'Check how it is written.',
      };
      const readPasted = ({ text }: { text: string }): Pasted =>
        text === 'junk'
          ? { kind: 'unusable', fault }
          : { kind: 'address', target: 'x', host: 'notes.example', title: 'Notes' };
      return inWindow(stage, at({ readPasted }), async ({ page }) => {
        await paste(page, 'junk');
        await page.getByText(fault.what).waitFor();
        expect(await page.getByRole('button', { name: 'Add', exact: true }).count()).toBe(0);
        await page.getByRole('textbox', { name: 'Paste here' }).fill('https://notes.example');
        await page.getByText('at notes.example').waitFor();
        expect(await page.getByText(fault.what).count()).toBe(0);
      });
    });

    it('an answer to what was there before is not shown', () => {
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const readPasted = async ({ text }: { text: string }): Promise<Pasted> => {
        if (text === 'slow') await held;
        return { kind: 'address', target: 'x', host: `${text}.example`, title: text };
      };
      return inWindow(stage, at({ readPasted }), async ({ page, asked }) => {
        await paste(page, 'slow');
        await expect.poll(() => asked.filter(({ method }) => method === 'readPasted')).toHaveLength(1);
        await page.getByRole('textbox', { name: 'Paste here' }).fill('fast');
        await page.getByText('at fast.example').waitFor();
        release();
        await page.getByRole('textbox', { name: 'Paste here' }).press('End');
        expect(await page.getByText('at slow.example').count()).toBe(0);
        expect(await page.getByText('at fast.example').count()).toBe(1);
      });
    });
  });
});
