/** The kinds of items that the tray's menu is made of. */
import type { TrayAction, TrayItem } from './tray-actions.ts';
import { label, longestLabel, shorten } from './tray-labels.ts';

/** An item without a text could not be told from a gap. */
const cut = (text: string) => label(shorten(text, longestLabel)) || '…';

/** Says something, does nothing. */
export function line(id: string, text: string): TrayItem {
  return { id, type: 'normal', label: cut(text), enabled: false };
}

export function item(id: string, text: string, action: TrayAction): TrayItem {
  return { id, type: 'normal', label: cut(text), enabled: true, action };
}

export function choice(id: string, text: string, checked: boolean, action: TrayAction): TrayItem {
  return { id, type: 'radio', label: cut(text), enabled: true, checked, action };
}

export function check(id: string, text: string, checked: boolean, enabled: boolean, action: TrayAction): TrayItem {
  return { id, type: 'checkbox', label: cut(text), enabled, checked, action };
}

export function submenu(id: string, text: string, items: readonly TrayItem[]): TrayItem {
  return { id, type: 'submenu', label: cut(text), enabled: true, items };
}

/** Groups with a line between them; empty groups leave none. */
export function groups(id: string, ...all: readonly (readonly TrayItem[])[]): readonly TrayItem[] {
  const filled = all.filter((group) => group.length > 0);
  return filled.flatMap((group, index) =>
    index === 0 ? group : [{ id: `${id}-${index}`, type: 'separator', label: '', enabled: true }, ...group],
  );
}
