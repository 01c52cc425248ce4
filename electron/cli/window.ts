/** `window`: Conexor's window, on the screen where the desktop app runs, else in the browser. */
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';

export async function window({ control, options, output }: Context): Promise<number> {
  const broker = await control();
  const result = await broker.ask('openWindow', { openBrowser: !options['no-browser'] });
  output.data(result);
  if (result.kind === 'shown') {
    output.say("Conexor's window is open.");
    return exitCodes.done;
  }
  output.say(
    result.browserOpened
      ? "Conexor's window opens in your browser. If no page has opened, open this address (it works once):"
      : 'Open this address in a browser on this computer (it works once):',
  );
  output.say(result.url);
  return exitCodes.done;
}
