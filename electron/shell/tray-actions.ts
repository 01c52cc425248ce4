/**
 * What choosing an item of the tray's menu does: ask the broker by the window's own table, or show a page of the
 * window. So nothing can be done from the tray alone. Whatever opens the browser shows its page first (rule 2).
 */
import type { Page } from '../../shared/pages.ts';
import type { WindowArgument } from '../../shared/window.ts';

export type TrayMethod =
  | 'unlock'
  | 'openSignIn'
  | 'cancelSignIn'
  | 'useAccount'
  | 'setPaused'
  | 'retry'
  | 'signOut'
  | 'signOutAll'
  | 'setStartAtLogin'
  | 'quit';

export type TrayAsk = { [M in TrayMethod]: { kind: 'ask'; method: M; argument: WindowArgument<M> } }[TrayMethod];

/** `show` without a page brings the window up where it is. */
export type TrayAction = TrayAsk | { readonly kind: 'show'; readonly page?: Page };

export interface TrayItem {
  /** Stays the same for the same item from one menu to the next; unique in its menu and all below it. */
  readonly id: string;
  readonly type: 'normal' | 'separator' | 'checkbox' | 'radio' | 'submenu';
  /** Ready for a menu: `&` is doubled. Empty for a separator. */
  readonly label: string;
  /** Items that only say something are disabled. */
  readonly enabled: boolean;
  readonly checked?: boolean;
  readonly items?: readonly TrayItem[];
  readonly action?: TrayAction;
}

export interface TrayMenu {
  readonly items: readonly TrayItem[];
}
