/** The page's entry: connects to the broker over whichever way there is, and shows the window. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connectClient } from './client/client.ts';
import { desktopBridge } from './client/desktop-client.ts';
import { followState } from './client/state.ts';
import { tabBridge } from './client/tab-client.ts';
import { showPage } from './frame/page-store.ts';
import { followTheme } from './look/theme.ts';
import { takeDoubleClicksAsOne } from './parts/double-click.ts';
import { keepFocus } from './parts/keep-focus.ts';
import { followSignIns } from './sign-in/outcomes.ts';
import { followSheet } from './sign-in/sign-in-store.ts';
import { tellOutcome } from './sign-in/tell-outcome.ts';

followTheme();
followSignIns();
followSheet(tellOutcome);
keepFocus();
takeDoubleClicksAsOne();
connectClient(desktopBridge() ?? tabBridge());
followState(({ page }) => showPage(page));

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
