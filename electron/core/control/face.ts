/**
 * The window's side of the broker, whichever way the window is reached: what it may ask (`shared/window.ts`), and what
 * it is told. IPC and the browser tab's door only carry it.
 */
import type { Page } from '../../../shared/pages.ts';
import type { HelpPage, WindowAnswer, WindowEvent, WindowState } from '../../../shared/window.ts';

export interface Face {
  /**
   * Parses the argument by the table, asks, parses the result. Never rejects: a fault is an answer, in the person's
   * language. A caller that asks more than 100 times a second is answered `rate-limited`.
   */
  ask(method: string, argument: unknown, caller?: string): Promise<WindowAnswer>;
  /**
   * Called with the present state at once, then with every event; returns how to stop. Many changes become one state,
   * at most 30 ms late.
   */
  subscribe(listener: (event: WindowEvent) => void): () => void;
  /** Sends every open window to a page. */
  show(page: Page): void;
  state(): WindowState;
  /** Something that only the host knows has changed (tray, start at login). */
  hostChanged(): void;
}

/** What only the host can do or know. A missing verb means: not on this host. */
export interface FaceHost {
  readonly kind: 'desktop' | 'tab';
  readonly system: 'linux' | 'mac' | 'windows';
  /** BCP 47 tags, best first. */
  readonly systemLanguages: readonly string[];
  /** Where nobody has chosen: ask the person about new programs, or let them in. */
  readonly newPrograms: 'ask' | 'allow';
  hasTray(): boolean;
  startAtLogin(): WindowState['app']['startAtLogin'];
  setStartAtLogin?(on: boolean): Promise<void>;
  copyText?(text: string): Promise<void>;
  openHelp?(page: HelpPage): Promise<void>;
  openDataFolder?(): Promise<void>;
  /** Shows this file in its folder. */
  showFile?(path: string): Promise<void>;
  /** Brings the window up on the screen. */
  showWindow?(): void;
  quit(): void;
}
