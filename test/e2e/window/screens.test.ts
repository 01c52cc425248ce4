/** The screens of the list, of one service and of a sign-in, looked at as every screen is. */
import { everyScreen } from './every-screen.ts';
import { screens } from './screens.ts';

everyScreen('every screen of services and sign-ins', screens);
