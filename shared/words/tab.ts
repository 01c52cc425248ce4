/** The window in a browser's tab: what a browser is shown that was not let in. */
import { section } from './section.ts';

export const tabWords = section({
  en: {
    closed: {
      title: 'Open this window from Conexor',
      sentences: [
        'Each address that opens it works once and only for a few minutes, so that nobody else can use it.',
        'In a terminal: npx conexor window',
      ],
    },
  },
  es: {
    closed: {
      title: 'Abre esta ventana desde Conexor',
      sentences: [
        'Cada dirección que la abre sirve una sola vez y durante unos minutos, para que nadie más pueda usarla.',
        'En un terminal: npx conexor window',
      ],
    },
  },
});
