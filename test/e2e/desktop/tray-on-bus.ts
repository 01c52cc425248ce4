/**
 * The tray as the panel sees it: the items that are registered on the session bus, and the menu of one, read and
 * clicked by com.canonical.dbusmenu. What gdbus prints is read here, as far as a menu needs it.
 */
import type { Desk } from '../../fakes/desk.ts';

export interface MenuItem {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  /** Undefined for what cannot be ticked. */
  readonly checked: boolean | undefined;
  readonly items: readonly MenuItem[];
}

const watcher = 'org.kde.StatusNotifierWatcher';
const item = 'org.kde.StatusNotifierItem';
const menu = 'com.canonical.dbusmenu';
const get = 'org.freedesktop.DBus.Properties.Get';

interface Registered {
  readonly owner: string;
  readonly path: string;
}

export async function registeredItems(desk: Desk): Promise<readonly Registered[]> {
  const property = ['-m', get, watcher, 'RegisteredStatusNotifierItems'];
  const [names] = parse(await desk.bus('-d', watcher, '-o', '/StatusNotifierWatcher', ...property)) as [string[]];
  return names.map((name) => {
    const at = name.indexOf('/');
    return { owner: name.slice(0, at), path: name.slice(at) };
  });
}

/** A property of the only item, such as `ToolTip` or `Status`. */
export async function itemProperty(desk: Desk, name: string): Promise<unknown> {
  const one = await onlyItem(desk);
  return (parse(await desk.bus('-d', one.owner, '-o', one.path, '-m', get, item, name)) as unknown[])[0];
}

/** The whole menu of the only item. */
export async function readMenu(desk: Desk): Promise<readonly MenuItem[]> {
  const at = await menuAt(desk);
  const answer = await desk.bus(...at, '-m', `${menu}.GetLayout`, '--', '0', '-1', '@as []');
  const [, root] = parse(answer) as [number, Layout];
  return menuItem(root).items;
}

/** Chooses the item that these labels lead to. Throws with the labels that are there where one is not. */
export async function chooseInMenu(desk: Desk, ...labels: readonly (string | RegExp)[]): Promise<void> {
  const at = await menuAt(desk);
  let items = await settledMenu(desk);
  let found: MenuItem | undefined;
  for (const label of labels) {
    found = items.find((one) => (typeof label === 'string' ? one.label === label : label.test(one.label)));
    if (!found?.enabled) throw new Error(`no ${label} among ${items.map((one) => one.label).join(' | ')}`);
    items = found.items;
  }
  const id = String(found?.id);
  await desk.bus(...at, '-m', `${menu}.Event`, id, 'clicked', '<int32 0>', 'uint32 0');
}

/** A menu that is set anew has other items: what was read of the one before can be clicked no more. */
async function settledMenu(desk: Desk): Promise<readonly MenuItem[]> {
  let before = await readMenu(desk);
  for (let reads = 0; reads < 20; reads += 1) {
    const now = await readMenu(desk);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
  throw new Error('the menu does not settle');
}

async function onlyItem(desk: Desk): Promise<Registered> {
  const [one, ...others] = await registeredItems(desk);
  if (!one || others.length > 0) throw new Error(`${others.length + (one ? 1 : 0)} tray items`);
  return one;
}

async function menuAt(desk: Desk): Promise<readonly string[]> {
  return ['-d', (await onlyItem(desk)).owner, '-o', String(await itemProperty(desk, 'Menu'))];
}

type Layout = [id: number, properties: Record<string, unknown>, children: Layout[]];

function menuItem([id, properties, children]: Layout): MenuItem {
  const toggled = properties['toggle-type'] ? properties['toggle-state'] === 1 : undefined;
  return {
    id,
    // An underscore marks a key to press; two stand for one.
    label: String(properties['label'] ?? '').replaceAll(/_(.)/g, '$1'),
    enabled: properties['enabled'] !== false,
    checked: toggled,
    items: children.map(menuItem),
  };
}

const tokens = /\s*(?:([()[\]{}<>,:])|'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(@[\w()[\]{}]+)|([-\w.]+))/gy;
const types = /^(byte|boolean|u?int(16|32|64)|double|handle|objectpath|signature)$/;

/** The value in the text form of GVariant: tuples and arrays as arrays, dictionaries as objects, variants unwrapped. */
function parse(text: string): unknown {
  tokens.lastIndex = 0;
  const all = [...text.trim().matchAll(tokens)].map(([, mark, single, double, type, word]) => {
    const quoted = single ?? double;
    if (quoted !== undefined) return { text: quoted.replaceAll(/\\(.)/g, '$1') };
    return { mark: mark ?? type ?? word ?? '' };
  });
  let at = 0;
  const list = (end: string): unknown[] => {
    const values: unknown[] = [];
    while (all[at]?.mark !== end) {
      values.push(value());
      if (all[at]?.mark === ',') at++;
    }
    at++;
    return values;
  };
  const value = (): unknown => {
    const token = all[at++];
    if (token === undefined) throw new Error(`not read: ${text}`);
    if (token.text !== undefined) return token.text;
    switch (token.mark) {
      case '(':
        return list(')');
      case '[':
        return list(']');
      case '<': {
        const inner = value();
        at++;
        return inner;
      }
      case '{': {
        const entries: [string, unknown][] = [];
        while (all[at]?.mark !== '}') {
          const key = String(value());
          at++;
          entries.push([key, value()]);
          if (all[at]?.mark === ',') at++;
        }
        at++;
        return Object.fromEntries(entries);
      }
      case 'true':
      case 'false':
        return token.mark === 'true';
      default:
        return token.mark.startsWith('@') || types.test(token.mark) ? value() : Number(token.mark);
    }
  };
  return value();
}
