/**
 * What each question of the window does. Most are the command line's as well and are passed on; the rest is about
 * Conexor itself, its host, and what a person pasted.
 */
import type { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import { helpAddresses } from '../../../shared/help-pages.ts';
import type { WindowMethod, WindowResult, windowTable } from '../../../shared/window.ts';
import { pastedServer, readPasted } from '../services/pasted.ts';
import { connectPasted } from './connect-pasted.ts';
import type { FaceNeeds } from './create-face.ts';
import { diagnostics } from './diagnostics.ts';
import { faceLanguage, faceState } from './face-state.ts';
import { inWords } from './handlers.ts';
import { serviceNamed } from './service-named.ts';
import { showClientFile } from './show-client-file.ts';

/** One handler for every method of the table: a missing one does not compile. */
export type FaceHandlers = {
  readonly [M in WindowMethod]: (
    argument: z.output<(typeof windowTable)[M]['argument']>,
  ) => Promise<WindowResult<M>> | WindowResult<M>;
};

/** The newest ones are what a person looks for. */
const usualEntries = 100;

export function faceHandlers(needs: FaceNeeds): FaceHandlers {
  const { handlers, broker, settings, host } = needs;
  const state = () => faceState(needs);
  return {
    unlock: handlers.unlock,
    services: handlers.services,
    finishSignIn: handlers.finishSignIn,
    renameAccount: handlers.renameAccount,
    validate: handlers.validate,
    registration: handlers.registration,
    answerQuestion: handlers.answerQuestion,
    addConnection: handlers.addConnection,
    startSignIn: handlers.startSignIn,
    cancelSignIn: handlers.cancelSignIn,
    useAccount: handlers.useAccount,
    signOut: handlers.signOut,
    signOutAll: handlers.signOutAll,
    removeConnection: handlers.removeConnection,
    setPaused: handlers.setPaused,
    decideProgram: handlers.decideProgram,
    removeProgram: handlers.removeProgram,
    retry: handlers.retry,
    tools: handlers.tools,
    startPractice: handlers.startPractice,
    examine: handlers.examine,

    state,
    activity: ({ connection, limit = usualEntries }) => ({
      entries: [...broker.activity(connection, limit)],
    }),
    async openSignIn({ attempt }) {
      requireWaiting(needs, attempt);
      try {
        await broker.signIns.openBrowser(attempt);
        return { browserOpened: true };
      } catch (thrown) {
        if (thrown instanceof Fault && thrown.code === 'browser-unavailable') return { browserOpened: false };
        throw thrown;
      }
    },
    async signInLink({ attempt }) {
      requireWaiting(needs, attempt);
      const url = await broker.signIns.handOut(attempt);
      if (url === undefined) throw new Fault('sign-in-unknown', { reason: 'nothing to open' });
      return { url };
    },
    async signInOutcome({ attempt }) {
      const outcome = await broker.signIns.outcome(attempt);
      const language = faceLanguage(needs);
      const named = (fault: Fault) =>
        serviceNamed(fault, broker.signIns.find(attempt).connectionId, broker.snapshot(), language);
      if (outcome.kind === 'failed') return { kind: 'failed', ...inWords(named(outcome.fault), language) };
      const view = await handlers.signInOutcome({ attempt });
      if (view.kind !== 'done' || outcome.kind !== 'done' || outcome.answer.kind !== 'stopped') return view;
      return { ...view, stop: inWords(named(outcome.answer.fault), language) };
    },

    readPasted: ({ text }) => readPasted(text, faceLanguage(needs), broker.clientReplacedBy),
    addPasted: ({ text, server }) =>
      connectPasted(handlers.addConnection, broker.snapshot(), pastedServer(text, server)),
    findImports: async () => ({ found: await needs.imports.find(undefined, faceLanguage(needs)) }),
    importServers: (wish) => needs.imports.take(wish, faceLanguage(needs)),
    removeBackups: async () => ({ removed: await needs.imports.removeBackups() }),
    clients: handlers.clients,
    planClient: handlers.planClient,
    addClient: handlers.addClient,
    removeClient: handlers.removeClient,
    removeAllClients: handlers.removeAllClients,
    undoClient: handlers.undoClient,
    verifyClient: handlers.verifyClient,
    setClientRestores: handlers.setClientRestores,
    openClient: handlers.openClient,
    findTakeOvers: handlers.findTakeOvers,
    takeOver: handlers.takeOver,
    showClientFile: (wish) => showClientFile(needs, wish),
    containers: handlers.containers,
    setContainers: handlers.setContainers,
    containerKey: ({ connection, name }) => handlers.localClientKey({ connection, name, container: true }),

    async changeSettings(change) {
      await settings.change(change);
      return state();
    },
    async setStartAtLogin({ on }) {
      if (!host.setStartAtLogin) throw new Fault('input-invalid', { reason: 'not on this host' });
      await host.setStartAtLogin(on);
      return state();
    },
    diagnostics: async () => ({
      text: diagnostics({
        state: state(),
        status: needs.status(),
        activity: broker.activity(),
        examined: await handlers.examine({}),
        versions: process.versions,
      }),
    }),
    async copyText({ text }) {
      await host.copyText?.(text);
      return { copied: host.copyText !== undefined };
    },
    async openHelp({ page }) {
      await host.openHelp?.(page);
      return { url: helpAddresses[page], opened: host.openHelp !== undefined };
    },
    async openDataFolder() {
      await host.openDataFolder?.();
      return { opened: host.openDataFolder !== undefined };
    },
    quit() {
      host.quit();
      return {};
    },
  };
}

/** An ended attempt is remembered for its outcome, but nobody wants its page any more. Throws `sign-in-unknown`. */
function requireWaiting({ broker }: FaceNeeds, attempt: string): void {
  const isWaiting = broker.snapshot().connections.some(({ signIn }) => signIn?.attempt === attempt);
  if (!isWaiting) throw new Fault('sign-in-unknown', { reason: 'not waiting' });
}
