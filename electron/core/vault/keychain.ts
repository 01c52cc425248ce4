/**
 * The operating system's keychain through @napi-rs/keyring (P-64). On Linux the backend is pinned to the Secret
 * Service: unpinned, the library falls back without a word to the kernel's keyring, which forgets at reboot.
 * The native part is loaded at the first question, so that a missing binary means "no store" and not a crash.
 */
import type { AsyncEntry } from '@napi-rs/keyring';
import { Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { Secret } from './secret.ts';
import type { SecretAnswer, SecretStore } from './secret-store.ts';

const service = 'conexor-desktop';
const defaultTimeoutMs = 5_000;

export interface KeychainOptions {
  /** Whose keychain: a value of `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** How long one question may take, in ms; after that the keychain counts as locked (a prompt may be open). */
  readonly timeoutMs?: number;
  /** Told the library's own words, which `SecretAnswer.reason` leaves out because a person reads it. */
  readonly log?: Log;
}

type Trouble = 'keychain-locked' | 'keychain-missing' | 'keychain-failed';

/** Opens nothing by itself: the keychain is asked at the first `get`, `set` or `delete`. */
export function openKeychain(options: KeychainOptions = {}): SecretStore {
  const platform = options.platform ?? process.platform;
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const label = labelOf(platform);
  const words = wordsFor(label);
  let underWay: Promise<unknown> = Promise.resolve();

  async function ask<T>(name: string, question: (entry: AsyncEntry) => Promise<T>): Promise<T> {
    const { AsyncEntry: Entry } = await import('@napi-rs/keyring').catch((cause: unknown) => {
      throw troubled('keychain-missing', cause);
    });
    // A question that waits for the person holds one of libuv's few threads; a second one must not take another.
    // (For the same reason `process.exit` does not return while a prompt is open: Node waits for its threads.)
    const before = underWay;
    let abandoned = false;
    const answer = (async () => {
      await before;
      if (abandoned) throw new Error('not asked: the question before it is still open');
      // A new entry each time: a reused one fails for good once the keychain's daemon has been restarted.
      return question(new Entry(service, name, platform === 'linux' ? { linux: { store: 'secret-service' } } : null));
    })();
    underWay = answer.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abandoned = true;
        reject(troubled('keychain-locked', new Error(`no answer within ${timeoutMs} ms`)));
      }, timeoutMs);
    });
    try {
      return await Promise.race([answer, patience]);
    } catch (thrown) {
      throw thrown instanceof Fault ? thrown : troubled(troubleOf(platform, thrown), thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  function troubled(trouble: Trouble, cause: unknown): Fault {
    const reason = cause instanceof Error ? cause.message : typeof cause;
    options.log?.('warn', 'keychain trouble', { keychain: label, trouble, reason });
    return new Fault(trouble, { reason, subject: label, cause });
  }

  return {
    label,
    async get(name): Promise<SecretAnswer> {
      try {
        const text = await ask(name, (entry) => entry.getPassword());
        return text === null ? { status: 'absent' } : { status: 'found', value: new Secret(text) };
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown;
        if (thrown.code === 'keychain-locked') return { status: 'locked', reason: words.locked };
        if (thrown.code === 'keychain-missing') return { status: 'no-store', reason: words.missing };
        throw thrown;
      }
    },
    set: (name, value) => ask(name, (entry) => entry.setPassword(value.open())),
    delete: (name) => ask(name, (entry) => entry.deletePassword()),
  };
}

/** Every error of the library has the code `GenericFailure`; only the beginning of its message tells them apart. */
function troubleOf(platform: NodeJS.Platform, thrown: unknown): Trouble {
  const message = thrown instanceof Error ? thrown.message : '';
  if (message.startsWith("Couldn't access platform storage:")) return 'keychain-locked';
  if (platform !== 'linux' || !message.startsWith('Platform failure:')) return 'keychain-failed';
  // A service that is there but silent is a prompt or a hang, not a computer without a keychain.
  return message.includes('Did not receive a reply') ? 'keychain-locked' : 'keychain-missing';
}

function labelOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Keychain';
  if (platform === 'win32') return 'Windows Credential Manager';
  return 'GNOME Keyring / Secret Service';
}

function wordsFor(label: string): { readonly locked: string; readonly missing: string } {
  return { locked: `${label} is locked or waits for an answer.`, missing: `${label} is not available here.` };
}
