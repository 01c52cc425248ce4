/** Every screen about apps that Conexor is added to: the list, the sheet's steps, taking over. */
import type { Answers, ScriptedWindow } from '../../fakes/scripted-window.ts';
import {
  absent,
  answersOf,
  claudeAdded,
  claudeFile,
  claudeMissing,
  claudeWith,
  clientOf,
  codex,
  cursorApp,
  n8n,
  plan,
} from './clients.ts';
import { everyday, program, service, stateOf } from './scenes.ts';
import type { Screen } from './screens.ts';

const tokenFiles = ['/home/ana/.mcp-auth/mcp-remote-0.1.29/3f1c_tokens.json'];
export const takeOvers: Answers = {
  findTakeOvers: () => ({
    entries: [
      {
        client: 'claude-desktop',
        path: claudeFile,
        name: 'sales-api',
        target: 'https://app.conexor.example/mcp/acme/sales-api',
        host: 'app.conexor.example',
        unknownWords: ['--debug'],
        hasSecret: true,
      },
      {
        client: 'cursor',
        path: '/home/ana/.cursor/mcp.json',
        name: 'linear',
        target: 'https://linear.example/mcp',
        host: 'linear.example',
        unknownWords: [],
        hasSecret: false,
        running: true,
      },
    ],
    tokens: [
      { id: 't1', files: tokenFiles, host: 'app.conexor.example', hasRefreshToken: true },
      { id: 't2', files: tokenFiles, host: 'linear.example', hasRefreshToken: true },
      { id: 't3', files: tokenFiles, hasRefreshToken: false },
    ],
  }),
  takeOver: () => ({
    entries: [
      {
        client: 'claude-desktop',
        path: claudeFile,
        name: 'sales-api',
        outcome: 'replaced',
        connection: 'figma',
        signInNeeded: true,
        backup: `${claudeFile}.bak`,
      },
    ],
    tokens: [
      { id: 't1', service: 'cancelled', deleted: true },
      { id: 't2', service: 'unreachable', deleted: false },
      { id: 't3', service: 'not-asked', deleted: true },
    ],
  }),
};

const apps = [
  claudeMissing,
  cursorApp,
  clientOf('vs-code', 'VS Code', { state: 'added', verdict: 'start', reload: 'start-server' }),
  clientOf('codex', 'Codex', { state: 'connected', verdict: 'connected', startedAtMs: Date.now() - 7_200_000 }),
  clientOf('windsurf', 'Windsurf', {
    state: 'unusable',
    verdict: 'file-unusable',
    files: [
      {
        path: '/home/ana/.codeium/windsurf/mcp_config.json',
        exists: true,
        entries: [],
        missing: [],
        backups: [],
        fault: {
          fault: 'input-invalid',
          what: 'Its settings file is broken in line 3.',
          next: 'Open it and correct it.',
        },
      },
    ],
  }),
  n8n,
  absent,
];
const appsTold = ['Its settings file is broken in line 3.', ...apps.map(({ title }) => title)];

/** By place, not by words: the pseudo-locale has others. */
const openFirst = async ({ page }: ScriptedWindow) => {
  await page.locator('.row-actions .button').first().click();
  await page.locator('.dialog .wire').waitFor();
};
const verb = async ({ page }: ScriptedWindow) => {
  await page.locator('.dialog-actions .button').last().click();
};

const asking = service('Conexor', {
  clients: [
    program('claude-desktop', {
      access: 'asking',
      path: '/Applications/Claude.app/Contents/MacOS/Claude',
      signer: 'Anthropic PBC',
    }),
  ],
});
const signIn = service('Figma', { state: 'sign-in-again', accounts: [], clients: [] });

export const clientScreens: readonly Screen[] = [
  {
    name: 'programs-clients',
    state: stateOf(everyday, { missing: [{ client: 'claude-desktop', title: 'Claude Desktop' }] }),
    at: '#/programs',
    answers: { ...takeOvers, clients: () => ({ clients: apps }) },
    told: [...appsTold, 'sales-api', 'linear', 'app.conexor.example', 'linear.example'],
    act: async ({ page }) => page.locator('.take-overs').waitFor(),
  },
  {
    name: 'client-add',
    technical: true,
    state: stateOf(everyday),
    at: '#/programs',
    answers: answersOf(claudeWith()),
    told: ['Claude Desktop', ...plan.lines.map(({ text }) => text)],
    act: async (window) => {
      await openFirst(window);
      await window.page.locator('.dialog .fold > summary').click();
      await window.page.locator('.dialog .lines').waitFor();
    },
  },
  {
    name: 'client-close-first',
    state: stateOf(everyday),
    at: '#/programs',
    answers: answersOf(claudeWith({ running: true })),
    told: ['Claude Desktop'],
    act: async (window) => {
      await openFirst(window);
      await verb(window);
      await window.page.locator('.dialog .busy').waitFor();
    },
  },
  {
    name: 'client-allow',
    state: stateOf([asking]),
    at: '#/programs',
    answers: answersOf(claudeAdded({ verdict: 'waiting-for-leave', running: true })),
    told: ['Claude Desktop'],
    act: async (window) => {
      await window.page.locator('.row-actions .button').first().click();
      await window.page.locator('.dialog .asking').waitFor();
    },
  },
  {
    name: 'client-extension',
    state: stateOf(everyday),
    at: '#/programs',
    answers: answersOf(claudeWith()),
    told: ['Claude Desktop'],
    act: async (window) => {
      await openFirst(window);
      await window.page.locator('.dialog .fold > summary').click();
      await window.page.locator('.dialog .fold .buttons .button').first().click();
      await verb(window);
      await window.page.locator('.dialog .steps').waitFor();
    },
  },
  {
    name: 'client-remove',
    technical: true,
    state: stateOf(everyday),
    at: '#/programs',
    answers: answersOf(claudeAdded({ state: 'connected', verdict: 'connected' })),
    told: ['Claude Desktop'],
    act: async (window) => {
      await openFirst(window);
      await window.page.locator('.dialog .fold > summary').click();
      await window.page.locator('.dialog .lines').waitFor();
    },
  },
  {
    name: 'take-over',
    state: stateOf(everyday),
    at: '#/programs',
    answers: { ...takeOvers, clients: () => ({ clients: [codex] }) },
    told: ['Codex', 'sales-api', 'linear', 'app.conexor.example', 'linear.example'],
    act: async ({ page }) => {
      await page.locator('.take-overs ~ .buttons .button').click();
      await page.locator('.dialog .steps').waitFor();
    },
  },
  {
    name: 'take-over-result',
    state: stateOf([...everyday, signIn]),
    at: '#/programs',
    answers: takeOvers,
    told: ['sales-api', 'linear', 'app.conexor.example', 'linear.example'],
    act: async (window) => {
      await window.page.locator('.take-overs ~ .buttons .button').click();
      await verb(window);
      await window.page.locator('.outcomes').waitFor();
      await window.page.locator('.dialog').waitFor({ state: 'detached' });
    },
  },
];
