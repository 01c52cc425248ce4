/** Puts a text on the clipboard: by the host, else by the page. */
import { ask } from './client.ts';

/** `false` where neither can: then the text has to be shown for copying by hand. */
export async function copyText(text: string): Promise<boolean> {
  try {
    const { copied } = await ask('copyText', { text });
    if (copied) return true;
  } catch {
    // The page may still be able to.
  }
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
