/** The screens about apps that Conexor is added to, looked at as every screen is. */
import { clientScreens } from './client-screens.ts';
import { everyScreen } from './every-screen.ts';

everyScreen('every screen of the apps that Conexor is added to', clientScreens);
