/** The menu bar: none on Linux and Windows, where the window has everything; on macOS what every app has. */
import { Menu } from 'electron';
import type { Words } from '../../shared/words/words.ts';

export function setMenu({ menu }: Words): void {
  Menu.setApplicationMenu(process.platform === 'darwin' ? macMenu(menu) : null);
}

function macMenu(menu: Words['menu']): Menu {
  return Menu.buildFromTemplate([
    {
      label: 'Conexor',
      submenu: [
        { role: 'hide', label: menu.hide },
        { role: 'hideOthers', label: menu.hideOthers },
        { type: 'separator' },
        { role: 'quit', label: menu.quit },
      ],
    },
    {
      label: menu.edit,
      submenu: [
        { role: 'undo', label: menu.undo },
        { role: 'redo', label: menu.redo },
        { type: 'separator' },
        { role: 'cut', label: menu.cut },
        { role: 'copy', label: menu.copy },
        { role: 'paste', label: menu.paste },
        { role: 'selectAll', label: menu.selectAll },
      ],
    },
    {
      label: menu.view,
      submenu: [
        { role: 'resetZoom', label: menu.actualSize },
        { role: 'zoomIn', label: menu.larger },
        { role: 'zoomOut', label: menu.smaller },
      ],
    },
    {
      role: 'window',
      label: menu.window,
      submenu: [
        { role: 'minimize', label: menu.minimize },
        { role: 'close', label: menu.close },
      ],
    },
  ]);
}
