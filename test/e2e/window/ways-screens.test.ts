/** The screens of the ways in, looked at as every screen is. */
import { everyScreen } from './every-screen.ts';
import { waysScreens } from './ways-screens.ts';

everyScreen('every screen of the ways in', waysScreens);
