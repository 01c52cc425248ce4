/**
 * The program that a person knows among those that led to the relay: shells, package runners and helpers are passed over,
 * an app is named by its bundle. Pure.
 */
import type { ProcessSeen } from './client-start.ts';
import { isRunner, nameOf } from './words.ts';

/** They start what somebody else asked for. */
const passedOver =
  /^(sh|bash|dash|zsh|fish|ksh|mksh|tcsh|csh|ash|busybox|env|sudo|doas|nohup|setsid|script|timeout|stdbuf|nice|cmd|powershell|pwsh|conhost|npm|npx|pnpm|pnpx|yarn|bunx|uvx)$/i;
/** A file of these that node runs: `npx-cli.js`, `npm/bin/…`, `corepack`, pnpm and yarn as they are installed. */
const packageRunner = /(^|[\\/])(npm|npx|pnpm|pnpx|yarn|bunx|corepack)(-cli)?(\.c?js)?$/i;
/** Nobody's wish: where these come, the one who asked is not known any more. */
const system = /^(systemd|init|launchd|explorer|svchost|services|sshd|sshd-session|login|docker-init|tini|wininit)$/i;

/** Path of the program's file, or of its app. Undefined where the system does not tell who it was. */
export function knownProgram(ancestors: readonly ProcessSeen[]): string | undefined {
  const [relay, ...others] = ancestors;
  // An app may run the relay inside of itself: then the first one is the app already.
  for (const one of relay && !isRunner(relay.path) ? ancestors : others) {
    const name = nameOf(one.path);
    if (system.test(name)) return undefined;
    if (passedOver.test(name)) continue;
    const app = appOf(one);
    if (app !== undefined) return app;
    if (!isRunner(one.path)) return one.path;
    const file = one.words[1];
    if (file !== undefined && packageRunner.test(file)) continue;
    // A runner that says another name of itself is known by its own file and that name.
    return file !== undefined && isWhole(file) ? file : one.path;
  }
  return undefined;
}

/** `/Applications/X.app/Contents/Frameworks/X Helper.app/…` is `/Applications/X.app`. */
function appOf({ path, image }: ProcessSeen): string | undefined {
  if (image !== undefined) return image;
  const end = /\.app\/Contents\//.exec(path)?.index;
  return end === undefined ? undefined : path.slice(0, end + '.app'.length);
}

function isWhole(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

/** A folder that an AppImage makes for one run, such as `/tmp/.mount_CursorAbCdEf/`. */
export function isAppImageMount(path: string): boolean {
  return /^\/.*\/\.mount_[^/]+\//.test(path);
}
