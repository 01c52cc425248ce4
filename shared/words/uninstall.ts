/** What an uninstaller tells: which entries went, which stay and why, and where the sign-ins are. */
import { section } from './section.ts';

export const uninstallWords = section({
  en: {
    removed: (path: string) => `Conexor's entry was taken out of ${path}.`,
    left: (path: string, why: string) => `Conexor's entry is still in ${path}. ${why}`,
    inUse: (program: string) =>
      `What Conexor wrote into other programs stays: another Conexor uses it (${program}). To take it out: npx conexor clients remove --all`,
    kept: (folder: string) =>
      `Your sign-ins are kept in ${folder}. Delete that folder if you do not want them any more.`,
    failed: 'Not everything that Conexor wrote into other programs could be taken out.',
  },
  es: {
    removed: (path: string) => `Se ha quitado la entrada de Conexor de ${path}.`,
    left: (path: string, why: string) => `La entrada de Conexor sigue en ${path}. ${why}`,
    inUse: (program: string) =>
      `Lo que Conexor escribió en otros programas se queda: lo usa otro Conexor (${program}). Para quitarlo: npx conexor clients remove --all`,
    kept: (folder: string) => `Tus inicios de sesión siguen en ${folder}. Borra esa carpeta si ya no los quieres.`,
    failed: 'No se ha podido quitar todo lo que Conexor escribió en otros programas.',
  },
});
