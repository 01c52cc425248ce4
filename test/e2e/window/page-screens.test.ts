/** The screens of the other pages, looked at as every screen is. */
import { everyScreen } from './every-screen.ts';
import { pageScreens } from './page-screens.ts';

everyScreen('every screen of the pages', pageScreens);
