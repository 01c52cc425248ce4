/**
 * Conexor as a desktop app: the composition root under Electron. One instance for each data folder; then settings, the
 * desktop (window, tray, notifications) and, while the window is painted, the broker.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { asFault, Fault } from '../shared/faults.ts';
import { languageOf } from '../shared/settings.ts';
import { openWithSystem } from './browser.ts';
import { dataDirOf, socketPath } from './core/bridge/socket-path.ts';
import { writeBundle } from './core/clients/bundle.ts';
import { placeRelay, relayPlace } from './core/clients/relay-place.ts';
import { openSettings } from './core/settings/open-settings.ts';
import { defaultHttpPort, type Started, start } from './core/start.ts';
import { prepareOwnFolder } from './core/vault/own-folder.ts';
import { embeddedPractice } from './embedded-practice.ts';
import { findNode } from './find-node.ts';
import { fileLog } from './log-file.ts';
import { nodePlatform } from './node-platform.ts';
import { builtRelay, bundleSource, programPlace, relayCommand } from './relay-command.ts';
import { removeEntries, removeEntriesWord } from './remove-entries.ts';
import { askRunning } from './running-broker.ts';
import { registerAppScheme } from './shell/app-protocol.ts';
import { hiddenWord, startCommand } from './shell/autostart.ts';
import { createDesktop } from './shell/desktop.ts';
import { claimInstance, listenToStarts, startedHidden } from './shell/other-starts.ts';
import { showFault } from './shell/show-fault.ts';
import { startAtLogin } from './shell/start-at-login.ts';
import { startTakingOver } from './take-over.ts';
import { watchUnexpectedErrors } from './unexpected-errors.ts';
import { version } from './version.ts';

const { env } = process;
const dist = fileURLToPath(new URL('.', import.meta.url));
const surroundings = { env, platform: process.platform, homedir: homedir(), dataDir: env['CONEXOR_DATA_DIR'] };
const dataDir = dataDirOf(surroundings);
/** What Chromium and the window keep: nothing secret. */
const folder = join(dataDir, 'desktop');

app.setName('Conexor');
app.setAppUserModelId('io.conexor.desktop');
// Chromium's own switch, needed as root; with it on the command line this call would end every child process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();

if (process.argv.includes(removeEntriesWord)) await removeAndExit();

// Awaited before the app is ready: afterwards Chromium has chosen its folder, and a second start would show a window.
const unusable = await prepareOwnFolder(dataDir).then(() => undefined, asFault);
if (unusable) app.setPath('userData', app.getPath('temp'));
else claimInstance(folder);

/** Before the app is ready, which on Linux needs a screen. Never resolves. */
async function removeAndExit(): Promise<void> {
  app.setPath('userData', existsSync(folder) ? folder : app.getPath('temp'));
  const command = ownCommand();
  const node = await findNode(surroundings);
  const code = await removeEntries({
    computer: surroundings,
    dataDir,
    relay: node === undefined ? undefined : relayCommand(node, relayPlace(dataDir), surroundings),
    stopRunning: async () => askRunning(socketPath(surroundings), 'stop', {}),
    ownPrograms: [process.execPath, ...command.slice(0, 1), join(dist, 'headless.mjs')],
    autostart: startAtLogin(command),
    language: languageOf('system', [env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'en']),
    say: (line) => process.stdout.write(`${line}\n`),
    log: () => undefined,
  });
  app.exit(code);
  await new Promise(() => undefined);
}

function ownCommand(): readonly string[] {
  return startCommand(env, process.execPath, app.isPackaged ? undefined : join(dist, '..'));
}

async function main(): Promise<void> {
  await app.whenReady();
  if (unusable) throw unusable;
  const log = fileLog(dataDir, 'info', Date.now);
  watchUnexpectedErrors(log);
  const settings = await openSettings(dataDir, log);
  const node = findNode(surroundings);
  const openOther = openWithSystem(process);
  const command = ownCommand();
  let running: Promise<Started> | undefined;
  const desktop = createDesktop({
    dataDir,
    folder,
    dist,
    command,
    settings,
    log,
    stop: async () => {
      const started = await running;
      if (started?.kind === 'running') await started.stop();
    },
  });
  const hidden = startedHidden();
  listenToStarts(desktop.show, hidden);
  const platform = { ...nodePlatform({ dataDir, env, log }), openBrowser: desktop.openBrowser };
  const options = {
    version,
    socketPath: socketPath(surroundings),
    httpPort: settings.get().httpPort ?? defaultHttpPort,
    ...(env['CONEXOR_VAULT_KEY_FILE'] ? { keyFile: env['CONEXOR_VAULT_KEY_FILE'] } : {}),
    settings,
    computer: surroundings,
    faceHost: desktop.faceHost,
    relayCommand: async () => {
      const program = programPlace(dist, [...command, hiddenWord]);
      const relay = await placeRelay({ built: builtRelay(dist), program, dataDir });
      const found = await node;
      return found === undefined ? undefined : relayCommand(found, relay, surroundings);
    },
    builtRelay: builtRelay(dist),
    bundle: () => writeBundle(bundleSource(dist, surroundings)),
    openFile: openOther,
    openLink: (url: URL) => openOther(url.href),
    startPractice: embeddedPractice(),
    onStop: desktop.quit,
  };
  running = startTakingOver(() => start(platform, options), { socketPath: options.socketPath, log });
  const started = await running;
  if (started.kind === 'already-running') throw new Fault('broker-unreachable', { reason: 'another one stays' });
  desktop.begin(started.face, hidden);
}

main().catch(async (thrown: unknown) => {
  await showFault(asFault(thrown));
  app.exit(1);
});
