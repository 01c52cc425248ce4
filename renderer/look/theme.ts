/** The theme of the settings on the page. It is remembered, so that the next start does not begin in the other one. */
import { listenState, stateNow } from '../client/state.ts';

const storageName = 'conexor.theme';

export function followTheme(): void {
  show(localStorage.getItem(storageName) ?? 'system');
  listenState(() => {
    const theme = stateNow()?.settings.theme;
    if (theme === undefined) return;
    show(theme);
    localStorage.setItem(storageName, theme);
  });
}

function show(theme: string): void {
  document.documentElement.dataset['theme'] = theme;
}
