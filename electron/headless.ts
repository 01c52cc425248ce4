/**
 * Conexor without a screen of its own: the composition root under plain Node. In a terminal it opens its window in the
 * browser and says what else to try; started by a relay or the command line (`--background`) it says `ready` once and
 * is silent.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlResult } from '../shared/control.ts';
import { faultSentence } from '../shared/fault-words.ts';
import { asFault } from '../shared/faults.ts';
import { openWithSystem } from './browser.ts';
import { dataDirOf, socketPath } from './core/bridge/socket-path.ts';
import { writeBundle } from './core/clients/bundle.ts';
import { placeRelay } from './core/clients/relay-place.ts';
import { openSettings } from './core/settings/open-settings.ts';
import { defaultHttpPort, type Started, start } from './core/start.ts';
import { prepareOwnFolder } from './core/vault/own-folder.ts';
import { embeddedPractice } from './embedded-practice.ts';
import { parseHeadlessOptions } from './headless-options.ts';
import { fileLog } from './log-file.ts';
import { nodePlatform } from './node-platform.ts';
import { builtRelay, bundleSource, programPlace, relayCommand } from './relay-command.ts';
import { askRunning } from './running-broker.ts';
import { tabHost } from './tab-host.ts';
import { watchUnexpectedErrors } from './unexpected-errors.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

async function main(): Promise<void> {
  const options = parseHeadlessOptions(process.argv.slice(2), process.env);
  const surroundings = {
    env: process.env,
    platform: process.platform,
    homedir: homedir(),
    dataDir: options.data ?? process.env['CONEXOR_DATA_DIR'],
  };
  const dataDir = dataDirOf(surroundings);
  await prepareOwnFolder(dataDir);
  const log = fileLog(dataDir, options.logLevel, Date.now);
  watchUnexpectedErrors(log);
  const settings = await openSettings(dataDir, log);
  const platform = nodePlatform({ dataDir, env: process.env, log });
  const place = socketPath(surroundings);
  const dist = fileURLToPath(new URL('.', import.meta.url));
  const openOther = openWithSystem(process);

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void running.then(async (started) => {
      if (started.kind !== 'running') return process.exit();
      const locked = started.broker.snapshot().vault.kind === 'locked';
      await started.stop().catch((thrown: unknown) => log('error', 'stopping failed', { reason: String(thrown) }));
      // A prompt of the keychain that is still open blocks a thread, and an ordinary exit would wait for it.
      if (locked) process.kill(process.pid, 'SIGKILL');
      process.exit();
    });
  };
  const running = start(platform, {
    version,
    socketPath: place,
    httpPort: options.port ?? settings.get().httpPort ?? defaultHttpPort,
    ...(options.keyFile === undefined ? {} : { keyFile: options.keyFile }),
    memoryOnly: options.memory,
    settings,
    computer: surroundings,
    faceHost: tabHost({ env: process.env, platform: process.platform, quit: stop }),
    windowFiles: join(dist, 'window'),
    relayCommand: async () => {
      // The desktop app's own command is never wanted here: what runs under plain Node lies in no archive.
      const relay = await placeRelay({ built: builtRelay(dist), program: programPlace(dist, []), dataDir });
      return relayCommand(process.execPath, relay, surroundings);
    },
    builtRelay: builtRelay(dist),
    bundle: () => writeBundle(bundleSource(dist, surroundings)),
    openFile: openOther,
    openLink: (url) => openOther(url.href),
    startPractice: embeddedPractice(),
    onStop: stop,
  });
  const started = await running;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (options.background) process.stdout.write('ready\n');
  else process.stdout.write(welcome(started, options.window ? await windowOf(started, place) : undefined));
  if (started.kind === 'already-running') process.exit(0);
}

/** Opens the window, of the broker that runs already if there is one; undefined where there is none to open. */
async function windowOf(started: Started, place: string): Promise<ControlResult<'openWindow'> | undefined> {
  try {
    return started.kind === 'running'
      ? await started.openWindow(true)
      : await askRunning(place, 'openWindow', { openBrowser: true });
  } catch {
    return undefined;
  }
}

main().catch((thrown: unknown) => {
  // In the background only standard output is read: by whoever waits for `ready`.
  const out = process.argv.includes('--background') ? process.stdout : process.stderr;
  out.write(`${faultSentence(asFault(thrown))}\n`, () => process.exit(1));
});
