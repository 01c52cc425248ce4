/**
 * Given a platform, claims the one place of a broker, then builds vault → broker → bridge in that order and stops
 * them in reverse. Both hosts (Electron and plain Node) call it; nothing else in the core knows all the rooms.
 */
import type { ControlResult } from '../../shared/control.ts';
import { asFault, Fault } from '../../shared/faults.ts';
import { languageOf } from '../../shared/settings.ts';
import { tabWords } from '../../shared/words/tab.ts';
import { createClientStarts } from './bridge/client-starts.ts';
import { containerHost } from './bridge/container-door.ts';
import { offeredTools } from './bridge/offered-tools.ts';
import { startBridge } from './bridge/start-bridge.ts';
import { type Broker, createBroker } from './broker/create-broker.ts';
import { pageHeaders, renderPage } from './broker/redirect-pages.ts';
import { everyConnection } from './clients/client-program.ts';
import { createImports } from './clients/imports.ts';
import { relayPlace } from './clients/relay-place.ts';
import { createRunning } from './clients/running.ts';
import { isStartedByItself } from './clients/started-by-itself.ts';
import { watchEntries } from './clients/watch.ts';
import { brokerClients, clientHandlers } from './control/client-handlers.ts';
import { connectPasted } from './control/connect-pasted.ts';
import { type ContainerChoice, createContainerChoice } from './control/container-choice.ts';
import { createFace } from './control/create-face.ts';
import { type ControlHandlers, serveControl } from './control/door.ts';
import { createExamine } from './control/examine.ts';
import type { Face } from './control/face.ts';
import { controlHandlers } from './control/handlers.ts';
import { brokerTakeOver, takeOverHandlers } from './control/take-over-handlers.ts';
import type { Platform } from './platform.ts';
import { createAncestors } from './processes/ancestors.ts';
import { createSigners } from './processes/signers.ts';
import { serviceById } from './services/catalogue.ts';
import { practice } from './services/practice.ts';
import { askRelayCommand, keySourceOf, type StartOptions } from './start-options.ts';
import { openVault } from './vault/open-vault.ts';
import type { Vault } from './vault/vault.ts';
import { createTabDoor, type TabDoor } from './window/tab-door.ts';

export { defaultHttpPort } from './bridge/start-bridge.ts';
export type { StartOptions } from './start-options.ts';

export type Started =
  | { readonly kind: 'already-running' }
  | {
      readonly kind: 'running';
      readonly broker: Broker;
      readonly face: Face;
      /** Brings the window up: on the screen, or as an address with a key for one opening. */
      openWindow(openBrowser: boolean): Promise<ControlResult<'openWindow'>>;
      status(): ControlResult<'status'>;
      stop(): Promise<void>;
    };

/** Throws `vault-newer`, `vault-key-missing`, `key-file-invalid`, `data-folder-unusable`, `port-taken`. */
export async function start(platform: Platform, options: StartOptions): Promise<Started> {
  const startedAtMs = platform.now();
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.reverse()) await one();
  };
  let broker: Broker | undefined;
  let openedVault: Vault | undefined;
  let handlers: ControlHandlers | undefined;
  let face: Face | undefined;
  let tab: TabDoor | undefined;
  let containers: ContainerChoice | undefined;
  let httpPort = options.httpPort;
  let practiceUrl: string | undefined;
  let relayCommand: readonly string[] | undefined;

  const startPractice = async (service: string, port?: number) => {
    const address = await options.startPractice(service, port);
    if (service === practice.id) practiceUrl = address;
    return address;
  };
  const status = (): ControlResult<'status'> => ({
    version: options.version,
    pid: process.pid,
    dataDir: platform.dataDir,
    socketPath: options.socketPath,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    ...(options.httpPort !== 0 && httpPort !== options.httpPort ? { wantedPort: options.httpPort } : {}),
    keychain: platform.secrets.label,
    ...(practiceUrl === undefined ? {} : { practiceUrl }),
    ...(relayCommand ? { relayCommand: [...relayCommand] } : {}),
    startedAtMs,
    nowMs: platform.now(),
  });

  const openWindow = async (openBrowser: boolean): Promise<ControlResult<'openWindow'>> => {
    if (options.faceHost.showWindow) {
      options.faceHost.showWindow();
      return { kind: 'shown' };
    }
    if (!tab) throw new Fault('internal', { reason: 'this host has no window' });
    const url = tab.address();
    return { kind: 'address', url, browserOpened: openBrowser && (await opened(platform, new URL(url))) };
  };

  const starts = createClientStarts({ vault: () => openedVault, now: platform.now, log: platform.log });
  try {
    const bridge = await startBridge({
      platform,
      socketPath: options.socketPath,
      httpPort: options.httpPort,
      version: options.version,
      programs: {
        ancestors: createAncestors({
          ...options.computer,
          relays: [relayPlace(platform.dataDir), ...(options.builtRelay === undefined ? [] : [options.builtRelay])],
        }),
        signers: createSigners(options.computer),
        starts,
        isOwn: (client, ancestors) => isStartedByItself(client, ancestors, options.computer.platform),
      },
      // The vault is opened by whoever owns the socket: two starts at once must not both make a key.
      broker: async () => {
        const asked = askRelayCommand(platform, options);
        const keySource = keySourceOf(platform, options);
        const vault = await openVault({ dataDir: platform.dataDir, keySource, now: platform.now, log: platform.log });
        closers.push(() => vault.close());
        openedVault = vault;
        closers.push(() => starts.close());
        relayCommand = await asked;
        const { settings, faceHost } = options;
        const language = () => languageOf(settings.get().language, faceHost.systemLanguages);
        const made = createBroker(platform, vault, {
          ...(options.signInTimeoutMs === undefined ? {} : { signInTimeoutMs: options.signInTimeoutMs }),
          language,
          newPrograms: () => settings.get().newPrograms ?? faceHost.newPrograms,
        });
        closers.push(() => made.close());
        broker = made;
        const choice = createContainerChoice(settings, made.localClients.letContainers);
        containers = choice;
        const imports = createImports({
          computer: options.computer,
          now: platform.now,
          replacedBy: made.clientReplacedBy,
          keeps: () => made.snapshot().vault.kind !== 'memory',
          connect: async (server, how) => {
            if (!handlers) throw new Fault('internal', { reason: 'an import before the start' });
            return connectPasted(handlers.addConnection, made.snapshot(), server, how);
          },
        });
        const isRunning = createRunning(options.computer);
        const clients = brokerClients({
          isRunning,
          changed: () => void watched.look(),
          broker: made,
          computer: options.computer,
          dataDir: platform.dataDir,
          now: platform.now,
          log: platform.log,
          relay: () => relayCommand,
          starts: starts.of,
          allUrl: () => `http://127.0.0.1:${httpPort}/mcp/_all`,
          bundle: options.bundle,
          openFile: options.openFile,
          openLink: options.openLink,
        });
        const watched = watchEntries({ clients, isRunning, now: platform.now, log: platform.log });
        closers.push(async () => watched.close());
        const takeOver = brokerTakeOver({
          platform,
          computer: options.computer,
          broker: made,
          clients,
          addConnection: () => {
            if (!handlers) throw new Fault('internal', { reason: 'a taking over before the start' });
            return handlers.addConnection;
          },
        });
        handlers = controlHandlers({
          broker: made,
          imports,
          clients,
          takeOver,
          status,
          containers: choice,
          localUrl: (name, from) => {
            const face = name !== everyConnection && made.findConnection(name).speaks === 'rest' ? 'api' : 'mcp';
            const host = from === 'container' ? containerHost : '127.0.0.1';
            return `http://${host}:${httpPort}/${face}/${encodeURIComponent(name)}`;
          },
          examine: createExamine({
            secrets: platform.secrets,
            keyIn: keySource.kind === 'key-file' ? 'key-file' : 'keychain',
            http: platform.http,
            now: platform.now,
            snapshot: made.snapshot,
          }),
          startPractice,
          tools: (id) =>
            offeredTools({ broker: made, http: platform.http, now: platform.now, version: options.version }, id),
          stop: options.onStop,
          openWindow,
        });
        const inWindow = {
          ...handlers,
          ...clientHandlers(clients, language),
          ...takeOverHandlers(takeOver, language),
        };
        face = createFace({
          handlers: inWindow,
          broker: made,
          settings,
          imports,
          host: faceHost,
          status,
          log: platform.log,
          missing: watched,
        });
        if (options.windowFiles !== undefined) {
          tab = createTabDoor({
            face,
            files: options.windowFiles,
            port: () => httpPort,
            now: platform.now,
            log: platform.log,
            closedPage: (language) => ({
              html: renderPage({ tone: 'calm', ...tabWords[language].closed }, language),
              headers: pageHeaders,
            }),
          });
        }
        return made;
      },
      pages: (request, response) => tab?.handle(request, response) ?? false,
      onControl: (stream) => {
        if (handlers) serveControl(stream, handlers, platform.log);
        else stream.destroy();
      },
    });
    if (bridge.socket === 'already-running' || !broker || !face) return { kind: 'already-running' };
    closers.push(() => bridge.close());
    closers.push(async () => tab?.close());
    closers.push(async () => containers?.close());
    httpPort = bridge.httpPort;
    containers?.begin(bridge.containers);
    for (const { service, resource } of broker.snapshot().connections) {
      if (!serviceById(service)?.practice) continue;
      startPractice(service, Number(new URL(resource).port)).catch((thrown: unknown) => {
        const { code, detail } = asFault(thrown);
        platform.log('warn', 'a practice service did not start', { service, fault: code, port: detail.subject });
      });
    }
    return { kind: 'running', broker, face, openWindow, status, stop: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** A browser that cannot be opened is no failure: the address can be opened by hand. */
async function opened(platform: Platform, url: URL): Promise<boolean> {
  try {
    await platform.openBrowser(url);
    return true;
  } catch (thrown) {
    if (asFault(thrown).code === 'browser-unavailable') return false;
    throw thrown;
  }
}
