/** Services found in Claude Desktop's own file: what would be taken over, what leaves that file, and where the copy is. */
import { section } from './section.ts';

export const foundWords = section({
  en: {
    title: 'Found in Claude Desktop',
    hint: 'Claude skips these services, because they need a sign-in of their own. Conexor can take them over.',
    clean: 'Take the secret out of Claude’s file once Conexor has it',
    cleanHint: 'A copy of the file is made beside it first. Nothing else in the file changes.',
    several: (services: number) => `${services} services were found. Choose which to add:`,
    add: (services: number) => (services === 1 ? 'Add it' : `Add ${services} services`),
    added: (names: string) => `Added: ${names}.`,
    cleaned: 'The secret was taken out of Claude’s file.',
    /** After something was taken out; without a copy nothing was. */
    secretLeft: (names: string, hasCopy: boolean) =>
      hasCopy
        ? `The secret of ${names} still stands in a place of that file that was left alone: take it out there yourself.`
        : `The secret of ${names} still stands in Claude’s file.`,
    /** If Claude was open meanwhile. */
    claudeOpen: 'If Claude was open meanwhile, quit it and look here again: it may write its old settings back.',
    copies: (files: number) =>
      files === 1
        ? 'A copy of Claude’s file lies beside it. It still holds the secret; delete it when all works.'
        : `${files} copies of Claude’s file lie beside it. They still hold secrets; delete them when all works.`,
    deleteCopies: (files: number) => (files === 1 ? 'Delete the copy' : 'Delete the copies'),
    deleted: (files: number) => (files === 1 ? 'The copy is deleted.' : 'The copies are deleted.'),
  },
  es: {
    title: 'Encontrado en Claude Desktop',
    hint: 'Claude pasa por alto estos servicios porque necesitan un inicio de sesión propio. Conexor puede hacerse cargo de ellos.',
    clean: 'Quitar el secreto del archivo de Claude cuando Conexor lo tenga',
    cleanHint: 'Antes se hace una copia del archivo junto a él. No cambia nada más en el archivo.',
    several: (services) => `Se han encontrado ${services} servicios. Elige cuáles añadir:`,
    add: (services) => (services === 1 ? 'Añadirlo' : `Añadir ${services} servicios`),
    added: (names) => `Se ha añadido: ${names}.`,
    cleaned: 'Se ha quitado el secreto del archivo de Claude.',
    secretLeft: (names, hasCopy) =>
      hasCopy
        ? `El secreto de ${names} sigue en un lugar de ese archivo que no se ha tocado: quítalo tú de allí.`
        : `El secreto de ${names} sigue en el archivo de Claude.`,
    claudeOpen:
      'Si Claude estaba abierto mientras tanto, ciérralo y vuelve a mirar aquí: puede volver a escribir sus ajustes anteriores.',
    copies: (files) =>
      files === 1
        ? 'Junto al archivo de Claude hay una copia. Aún guarda el secreto; elimínala cuando todo funcione.'
        : `Junto al archivo de Claude hay ${files} copias. Aún guardan secretos; elimínalas cuando todo funcione.`,
    deleteCopies: (files) => (files === 1 ? 'Eliminar la copia' : 'Eliminar las copias'),
    deleted: (files) => (files === 1 ? 'Se ha eliminado la copia.' : 'Se han eliminado las copias.'),
  },
});
