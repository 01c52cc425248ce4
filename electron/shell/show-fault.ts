/** Why Conexor cannot start, on the screen and, for whoever started it in a terminal, on standard error. */
import { app, dialog } from 'electron';
import { faultSentence, faultWords } from '../../shared/fault-words.ts';
import type { Fault } from '../../shared/faults.ts';
import { languageOf } from '../../shared/settings.ts';

/** Fulfilled when the person has read it. The settings may be what cannot be read: the system's language. */
export async function showFault(fault: Fault): Promise<void> {
  const language = languageOf('system', app.getPreferredSystemLanguages());
  const { what, next } = faultWords(fault, language);
  process.stderr.write(`${faultSentence(fault)}\n`);
  await dialog.showMessageBox({ type: 'error', title: 'Conexor', message: what, detail: next });
}
