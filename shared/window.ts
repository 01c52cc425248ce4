/**
 * What the window may ask and is told: one table, method to argument and result, from which the preload script, the
 * handlers and the window's client derive, over IPC (desktop) or HTTP (browser tab). No secret of a service crosses it
 * outwards; what a person types goes inwards only. The one secret that does is the key of a local client that a person
 * has just asked for (`openClient`, way `copy`; `containerKey`), which the page shows once and keeps nowhere.
 */
import { z } from 'zod';
import { activitySchema } from './activity.ts';
import { clientIdSchema, clientMethods, takeOverMethods } from './clients.ts';
import { containerMethods } from './containers.ts';
import { controlTable, type signOutResultSchema } from './control.ts';
import { controlFaultSchema } from './control-fault.ts';
import { helpPages } from './help-pages.ts';
import { foundServerSchema, longestPasted, windowImportMethods } from './imports.ts';
import { pageSchema } from './pages.ts';
import { languages, settingsChangeSchema, settingsSchema } from './settings.ts';
import { connectionViewSchema, snapshotSchema } from './snapshot.ts';

const reference = z.string().min(1).max(2048);

export const windowStateSchema = z.object({
  snapshot: snapshotSchema,
  settings: settingsSchema,
  app: z.object({
    /** `tab`: the window is a tab of the person's browser, the broker has no screen of its own. */
    kind: z.enum(['desktop', 'tab']),
    version: z.string(),
    system: z.enum(['linux', 'mac', 'windows']),
    language: z.enum(languages),
    dataDir: z.string(),
    /** Where programs on this computer reach Conexor. */
    httpUrl: z.string(),
    wantedPort: z.number().optional(),
    keychain: z.string(),
    /** Whether a tray icon can be seen; without one, closing the window quits. */
    tray: z.boolean(),
    startAtLogin: z.enum(['on', 'off', 'needs-approval', 'unavailable']),
    /** What an MCP client starts, word by word; the client's name and the connection follow. */
    relayCommand: z.array(z.string()).optional(),
    /** What happens to new programs, whoever decided it. */
    newPrograms: z.enum(['ask', 'allow']),
  }),
  /** Programs out of whose settings an entry of ours has vanished, until it is back or not wanted any more. */
  missing: z.array(z.object({ client: clientIdSchema, title: z.string() })).default([]),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** What a person pasted, without any secret that was in it. */
export const pastedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing') }),
  /** An address or a short name that can be connected. */
  z.object({ kind: z.literal('address'), target: z.string(), host: z.string(), title: z.string() }),
  /** A block as dashboards and other programs' files have it; several servers are offered one by one. */
  z.object({
    kind: z.literal('block'),
    servers: z.array(foundServerSchema),
  }),
  z.object({ kind: z.literal('unusable'), fault: controlFaultSchema }),
]);
export type Pasted = z.infer<typeof pastedSchema>;

const { services, finishSignIn, renameAccount, validate, registration, answerQuestion } = controlTable;
const { unlock, addConnection, startSignIn, signInOutcome, cancelSignIn, useAccount, signOut } = controlTable;
const { removeConnection, setPaused, signOutAll, decideProgram, removeProgram, retry, tools, startPractice, examine } =
  controlTable;

export const windowTable = {
  state: { argument: z.object({}), result: windowStateSchema },
  activity: {
    argument: z.object({ connection: reference.optional(), limit: z.number().int().min(1).max(500).optional() }),
    result: z.object({ entries: z.array(activitySchema) }),
  },
  unlock,
  services,
  addConnection,
  startSignIn,
  /** Opens the attempt's own page in the browser, first or again. */
  openSignIn: { argument: z.object({ attempt: reference }), result: z.object({ browserOpened: z.boolean() }) },
  /** The attempt's address, for a person who wants to open it in another browser. */
  signInLink: { argument: z.object({ attempt: reference }), result: z.object({ url: z.string() }) },
  signInOutcome,
  finishSignIn,
  cancelSignIn,
  renameAccount,
  validate,
  registration,
  answerQuestion,
  useAccount,
  signOut,
  signOutAll,
  removeConnection,
  setPaused,
  decideProgram,
  removeProgram,
  retry,
  tools,
  startPractice,
  examine,
  readPasted: { argument: z.object({ text: z.string().max(longestPasted) }), result: pastedSchema },
  /** Connects one server of what was pasted; its secret, if any, goes to the sealed file. */
  addPasted: {
    argument: z.object({ text: z.string().max(longestPasted), server: z.string().max(256).optional() }),
    result: z.object({ connection: connectionViewSchema, added: z.boolean() }),
  },
  ...windowImportMethods,
  ...clientMethods,
  ...takeOverMethods,
  ...containerMethods,
  /** Address and key for a program in a container, made on the word of the person and shown once. Throws `containers-off`. */
  containerKey: {
    argument: z.object({ connection: reference, name: z.string().min(1).max(64) }),
    result: controlTable.localClientKey.result,
  },
  /** Shows one of a program's own settings files, or the bundle made for it, in its folder; no other path. */
  showClientFile: {
    argument: z.object({ client: clientIdSchema, path: z.string().max(4096) }),
    result: z.object({ shown: z.boolean() }),
  },
  changeSettings: { argument: settingsChangeSchema, result: windowStateSchema },
  setStartAtLogin: { argument: z.object({ on: z.boolean() }), result: windowStateSchema },
  /** What a person may send to somebody who helps: no secret, no address of theirs, no account's name. */
  diagnostics: { argument: z.object({}), result: z.object({ text: z.string() }) },
  /** `false`: this host has no clipboard; the page has to do it. */
  copyText: { argument: z.object({ text: z.string().max(256 * 1024) }), result: z.object({ copied: z.boolean() }) },
  openHelp: {
    argument: z.object({ page: z.enum(helpPages) }),
    result: z.object({ url: z.string(), opened: z.boolean() }),
  },
  /** Shows the folder in which things are kept; `false` where there is no screen for it. */
  openDataFolder: { argument: z.object({}), result: z.object({ opened: z.boolean() }) },
  quit: { argument: z.object({}), result: z.object({}) },
} as const;

export type WindowMethod = keyof typeof windowTable;
export type WindowArgument<M extends WindowMethod> = z.input<(typeof windowTable)[M]['argument']>;
export type WindowResult<M extends WindowMethod> = z.output<(typeof windowTable)[M]['result']>;

/** Errors do not survive IPC: a fault is an answer. */
export type WindowAnswer<M extends WindowMethod = WindowMethod> =
  | { readonly ok: true; readonly result: WindowResult<M> }
  | { readonly ok: false; readonly fault: z.infer<typeof controlFaultSchema> };

export const windowEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), state: windowStateSchema }),
  z.object({ kind: z.literal('activity'), entry: activitySchema }),
  z.object({ kind: z.literal('page'), page: pageSchema }),
]);
export type WindowEvent = z.infer<typeof windowEventSchema>;

export type SignOutAnswer = z.infer<typeof signOutResultSchema>;

/** What the preload script puts into the page: the whole of what the window can reach on the desktop. */
export interface WindowBridge {
  ask(method: WindowMethod, argument: unknown): Promise<WindowAnswer>;
  /** Returns how to stop. */
  listen(listener: (event: WindowEvent) => void): () => void;
}

export type { HelpPage } from './help-pages.ts';
