/** `conexor clients`: what is asked of the broker, what a person reads, and when nothing is written without a yes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { clients } from '../../electron/cli/clients.ts';
import type { Context } from '../../electron/cli/context.ts';
import { helpFor } from '../../electron/cli/help.ts';
import { parseCommandLine } from '../../electron/cli/options.ts';
import { UsageError } from '../../electron/cli/usage.ts';
import { clientNamed } from '../../electron/cli/which-client.ts';
import {
  type ChangedClient,
  type ClientView,
  clientIds,
  clientViewSchema,
  type PlannedChange,
  verdictSchema,
} from '../../shared/clients.ts';

const view = (more: Partial<ClientView> = {}): ClientView => ({
  ...{ id: 'cursor', title: 'Cursor', state: 'added', verdict: 'start', closeFirst: false, reload: 'restart' },
  ...{ ways: ['file', 'link'], files: [], restores: false },
  ...more,
});
const change = (more: Partial<PlannedChange> = {}): PlannedChange => ({
  ...{ path: '/home/ada/.cursor/mcp.json', what: 'change', copy: true, seen: 'digest' },
  lines: [{ kind: 'added', line: 7, text: '    "conexor": {' }],
  ...more,
});

interface Broker {
  views: ClientView[];
  plan: { changes: PlannedChange[]; closeFirst: boolean };
  failed: { path: string; fault: { fault: string; what: string; next: string } }[];
  removed: ChangedClient[];
  asked: [method: string, argument: unknown][];
}
let broker: Broker;
let lines: string[];
let data: unknown[];
beforeEach(() => {
  broker = { views: [view()], plan: { changes: [change()], closeFirst: false }, failed: [], removed: [], asked: [] };
});

async function run(...words: string[]): Promise<number> {
  lines = [];
  data = [];
  const { parameters, options } = parseCommandLine(['clients', ...words]);
  const answers: Record<string, () => unknown> = {
    clients: () => ({ clients: broker.views }),
    verifyClient: () => broker.views[0],
    planClient: () => broker.plan,
    openClient: () => ({ way: 'link', url: 'cursor://install', opened: false }),
    removeAllClients: () => ({ clients: broker.removed }),
  };
  const done = () => ({ client: broker.views[0], changed: [{ path: '/x', backup: '/x.bak' }], failed: broker.failed });
  const context = {
    parameters,
    options,
    output: {
      json: false,
      say: (line = '') => lines.push(line),
      data: (value: unknown) => data.push(value),
      fail: () => undefined,
    },
    control: async () => ({
      ask: async (method: string, argument: unknown) => {
        broker.asked.push([method, argument]);
        return (answers[method] ?? done)();
      },
      close: () => undefined,
    }),
  };
  return clients(context as unknown as Context);
}
const asked = () => broker.asked.map(([method]) => method);

describe('which program is meant', () => {
  it.each([
    ['cursor', 'cursor'],
    ['Claude Desktop', 'claude-desktop'],
    ['VSCODE', 'vs-code'],
    ['lmstudio', 'lm-studio'],
    ['Gemini CLI', 'gemini-cli'],
  ])('%s', (word, id) => {
    expect(clientNamed(word)).toBe(id);
  });

  it.each([
    ['curser', 'Did you mean cursor?'],
    ['claude', 'Did you mean claude-desktop or claude-code?'],
    ['wind', 'Did you mean windsurf?'],
    ['vscode-insider', 'Did you mean vs-code-insiders?'],
    ['', 'Conexor knows these'],
    ['notepad', 'Conexor knows these'],
  ])('"%s" is nobody, and the near ones are named', (word, next) => {
    const fault = (() => {
      try {
        return clientNamed(word);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(fault).toMatchObject({ code: 'input-invalid', detail: { next: expect.stringContaining(next) } });
  });

  it('is asked about with a program’s own title or name, every one of them', () => {
    for (const id of clientIds) expect(clientNamed(id)).toBe(id);
  });
});

describe('the list', () => {
  it('shows those that are there, and the others in one line', async () => {
    const files = [
      { path: '/home/ada/.cursor/mcp.json', exists: true, entries: [{ name: 'conexor' }], missing: [], backups: [] },
    ];
    broker.views = [view({ files }), view({ id: 'zed', title: 'Zed', state: 'not-found', verdict: 'not-found' })];
    expect(await run()).toBe(0);
    expect(lines).toEqual([
      'PROGRAM  NAME    STATE           SETTINGS',
      'cursor   Cursor  Not proven yet  /home/ada/.cursor/mcp.json',
      '',
      'Not found on this computer: Zed.',
    ]);
    expect(data).toEqual([broker.views]);
    expect(await run('list')).toBe(0);
  });
});

describe('adding', () => {
  it('shows the exact change, and writes nothing without a yes', async () => {
    await expect(run('add', 'cursor')).rejects.toMatchObject({
      code: 'input-invalid',
      detail: { next: expect.stringContaining('--yes') },
    });
    expect(asked()).toEqual(['verifyClient', 'planClient']);
    expect(lines).toEqual([
      'This changes in /home/ada/.cursor/mcp.json:',
      '+    7      "conexor": {',
      'No other line in it changes, and a copy is made beside it first.',
      'From then on Cursor may use the services that are connected now; what you have not allowed it stays closed to it.',
    ]);
  });

  it('with a yes writes what was seen, and says what was done and what to do', async () => {
    expect(await run('add', 'cursor', '--yes')).toBe(0);
    expect(broker.asked.at(-1)).toEqual(['addClient', { client: 'cursor', seen: ['digest'] }]);
    expect(lines.slice(4)).toEqual([
      'Done: /x (as it was: /x.bak)',
      'Added. Open Cursor now.',
      'Conexor sees by itself when Cursor has found it.',
      'To take it back: npx conexor clients undo cursor',
    ]);
    expect(data).toHaveLength(1);
  });

  it('only shows it with --dry-run, whatever else is said', async () => {
    broker.plan.closeFirst = true;
    expect(await run('add', 'cursor', '--dry-run', '--yes')).toBe(0);
    expect(asked()).not.toContain('addClient');
    expect(lines.at(-1)).toBe('Cursor has to be closed for that: it is open now.');
    expect(data).toEqual([broker.plan]);
    broker.plan = { changes: [change({ what: 'nothing', lines: [] })], closeFirst: false };
    await run('add', 'cursor', '--dry-run');
    expect(lines).toEqual(['Nothing would be changed.']);
  });

  it('stops where the program has to be closed first', async () => {
    broker.plan.closeFirst = true;
    await expect(run('add', 'cursor', '--yes')).rejects.toMatchObject({ code: 'program-running' });
    expect(asked()).not.toContain('addClient');
  });

  it.each([[['--each', 'sales,crm']], [['--each', 'sales', 'crm']], [['--each', 'sales', '--each', 'crm']]])(
    'for single services: %j',
    async (words) => {
      await run('add', 'cursor', ...words, '--yes');
      const scope = { kind: 'each', connections: ['sales', 'crm'] };
      expect(broker.asked.slice(1).map(([, argument]) => argument)).toEqual([
        { client: 'cursor', scope, action: 'add' },
        { client: 'cursor', scope, seen: ['digest'] },
      ]);
      expect(lines).toContainEqual(expect.stringContaining('Cursor may use sales, crm;'));
    },
  );

  it('says what was left, and ends badly then', async () => {
    broker.failed = [{ path: '/y', fault: { fault: 'input-invalid', what: 'What.', next: 'Next.' } }];
    expect(await run('add', 'cursor', '--yes')).toBe(1);
    expect(lines).toEqual(expect.arrayContaining(['What.', 'Next.']));
    expect(lines).not.toContain('Added. Open Cursor now.');
  });

  it('by another way where that is named or comes first', async () => {
    expect(await run('add', 'cursor', '--way', 'link')).toBe(0);
    expect(broker.asked.at(-1)).toEqual(['openClient', { client: 'cursor', way: 'link' }]);
    expect(lines).toEqual(['Open this address here: cursor://install']);
    broker.views = [view({ ways: ['command', 'file'] })];
    await expect(run('add', 'cursor')).rejects.toMatchObject({ code: 'input-invalid' });
    expect(broker.asked.at(-1)).toEqual(['openClient', { client: 'cursor', way: 'command', open: false }]);
    await expect(run('add', 'cursor', '--way', 'bundle')).rejects.toMatchObject({
      code: 'input-invalid',
      detail: { next: 'Here it is one of these: command, file.' },
    });
  });

  it('shows no key to who only wants to see what would happen', async () => {
    broker.views = [view({ id: 'n8n', title: 'n8n', ways: ['copy'] })];
    expect(await run('add', 'n8n', '--dry-run')).toBe(0);
    expect(asked()).not.toContain('openClient');
  });
});

describe('taking out and taking back', () => {
  it('shows it, asks, and hands over what was seen', async () => {
    for (const [action, method] of [
      ['remove', 'removeClient'],
      ['undo', 'undoClient'],
    ] as const) {
      await expect(run(action, 'cursor')).rejects.toMatchObject({ code: 'input-invalid' });
      expect(await run(action, 'cursor', '--yes')).toBe(0);
      expect(broker.asked.at(-1)).toEqual([method, { client: 'cursor', seen: ['digest'] }]);
    }
  });

  it('of all asks once', async () => {
    await expect(run('remove', '--all')).rejects.toMatchObject({ code: 'input-invalid' });
    expect(asked()).toEqual([]);
    expect(await run('remove', '--all', '--yes')).toBe(0);
    expect(asked()).toEqual(['removeAllClients']);
    expect(lines).toEqual(['Nothing of Conexor is in any program.']);
  });
});

describe('a file that is broken', () => {
  const fault = { fault: 'input-invalid', what: 'It is broken.', next: 'Correct it.' };
  const path = '/home/ada/.cursor/mcp.json';
  beforeEach(() => {
    broker.plan = { changes: [change({ what: 'nothing', lines: [], fault })], closeFirst: false };
    broker.failed = [{ path, fault }];
  });

  it.each(['add', 'remove', 'undo'])('is told once: %s', async (action) => {
    expect(await run(action, 'cursor', '--yes')).toBe(1);
    expect(lines.filter((line) => line === fault.what || line === fault.next)).toEqual([fault.what, fault.next]);
  });

  it('is no good end of --dry-run either', async () => {
    expect(await run('undo', 'cursor', '--dry-run')).toBe(1);
    expect(lines).toEqual([fault.what, fault.next]);
  });

  it('and each program is named where all are asked', async () => {
    broker.removed = [
      { client: view(), changed: [{ path }], failed: [] },
      { client: view({ id: 'zed', title: 'Zed' }), changed: [], failed: [{ path: '/z', fault }] },
    ];
    expect(await run('remove', '--all', '--yes')).toBe(1);
    expect(lines).toEqual([`Done: Cursor: ${path}`, 'Zed: It is broken.', 'Correct it.']);
  });
});

describe('whether it works', () => {
  it('ends well only where it does', async () => {
    expect(await run('verify', 'cursor')).toBe(1);
    broker.views = [view({ state: 'connected', verdict: 'connected' })];
    expect(await run('verify', 'cursor')).toBe(0);
    expect(lines).toEqual(['Cursor is connected.', 'Cursor has started Conexor and sees your tools.']);
    broker.views.push(view({ id: 'zed', title: 'Zed', state: 'missing', verdict: 'entry-missing' }));
    expect(await run('verify')).toBe(1);
    expect(lines).toContain('Put it back: npx conexor clients add zed');
    broker.views = [view({ state: 'not-added', verdict: 'not-added' })];
    expect(await run('verify')).toBe(0);
    expect(lines).toEqual([expect.stringContaining('not been added to any program')]);
  });

  it('says every cause in two sentences', async () => {
    for (const verdict of verdictSchema.options) {
      for (const reload of ['restart', 'new-session', 'start-server', 'by-itself'] as const) {
        broker.views = [clientViewSchema.parse(view({ verdict, reload }))];
        await run('verify', 'cursor');
        for (const line of lines.slice(0, 2)) expect(line).toMatch(/^[A-Z“].*[.”]$/);
      }
    }
  });
});

it.each([[['change']], [['add']], [['undo']], [['add', 'cursor', 'zed']], [['list', 'cursor', 'x']]])(
  'wrong usage is said: %j',
  async (words) => {
    await expect(run(...words)).rejects.toBeInstanceOf(UsageError);
    expect(broker.asked).toEqual([]);
  },
);

it('the help names every way to call it', () => {
  const help = helpFor('clients');
  for (const word of ['list', 'add', 'remove', 'verify', 'undo', '--all', '--each', '--way', '--dry-run', '--yes']) {
    expect(help).toContain(word);
  }
});
