/**
 * Opens the person's own browser (RFC 8252 section 5): the system's own program, its address as one argument and no
 * shell in between (PROTOCOLS P-1, P-27). `CONEXOR_BROWSER` names another program: for people with an unusual desktop.
 */
import { spawn } from 'node:child_process';
import { Fault } from '../shared/faults.ts';

export interface BrowserHost {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

type Command = readonly [program: string, words: readonly string[]];

/** The program and its arguments; undefined where a browser cannot be on this machine's screen. */
export function browserCommand(host: BrowserHost, url: string): Command | undefined {
  const own = host.env['CONEXOR_BROWSER'];
  return own ? [own, [url]] : systemCommand(host, url);
}

function systemCommand(host: BrowserHost, target: string): Command | undefined {
  switch (host.platform) {
    case 'darwin':
      return ['/usr/bin/open', [target]];
    case 'win32':
      return ['rundll32.exe', ['url.dll,FileProtocolHandler', target]];
    default:
      return host.env['DISPLAY'] || host.env['WAYLAND_DISPLAY'] || host.env['WSL_DISTRO_NAME']
        ? ['xdg-open', [target]]
        : undefined;
  }
}

/** How long an opener may take to say that it cannot; many stay for as long as the browser lives. */
const patienceMs = 2_000;

/** Rejects with `browser-unavailable` where there is no browser to open. */
export function openBrowser(host: BrowserHost): (url: URL) => Promise<void> {
  return (url) => opened(browserCommand(host, url.href));
}

/**
 * Hands a file, or a link of a program's own scheme, to the program that the system has for it. Rejects with
 * `browser-unavailable` where there is none.
 */
export function openWithSystem(host: BrowserHost): (target: string) => Promise<void> {
  return (target) => opened(systemCommand(host, target));
}

function opened(command: Command | undefined): Promise<void> {
  if (!command) return Promise.reject(new Fault('browser-unavailable', { reason: 'no screen here' }));
  const [program, parameters] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: 'ignore', detached: true, shell: false });
    const timer = setTimeout(resolve, patienceMs);
    const failed = (reason: string) => {
      clearTimeout(timer);
      reject(new Fault('browser-unavailable', { reason }));
    };
    child.once('error', (error) => failed(error.name));
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else failed(`the opener ended with ${code}`);
    });
    child.unref();
  });
}
