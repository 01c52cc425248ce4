/** What can be wrong with another program's settings file, each in a sentence of its own and with its own next step. */
import type { Thing } from '../faults.ts';
import { section } from './section.ts';

export type FileThing = Extract<Thing, `config-${string}`>;

interface FileWords {
  readonly what: (path: string) => string;
  readonly next: string;
}

/** `config-file` alone says that the file cannot be used; why, its advice tells. */
export const faultFiles = section<Readonly<Record<Exclude<FileThing, 'config-file'>, FileWords>>>({
  en: {
    'config-file-changed': {
      what: (path) => `Another program has just changed the file "${path}".`,
      next: 'Close that program, then try again.',
    },
    'config-file-large': {
      what: (path) => `The file "${path}" is larger than Conexor reads for this.`,
      next: 'Put only the block of the service into a small file of its own, then import that file.',
    },
    'config-file-linked': {
      what: (path) => `Nothing was changed in the file "${path}": it has a second name on this disk (a hard link).`,
      next: 'Make the change in an editor and check that both names have it, or delete the other name and try again.',
    },
    'config-file-one-server': {
      what: (path) => `Nothing was changed in the file "${path}": all of it is this one entry.`,
      next: 'Delete the file yourself, or import it again and take only the secret out.',
    },
    'config-file-two-secrets': {
      what: (path) => `Nothing was changed in the file "${path}": one of its services has two different secrets there.`,
      next: 'Take out the one that does not belong there in an editor, then import again.',
    },
    'config-file-busy': {
      what: (path) => `Another Conexor is changing the file "${path}" at this moment.`,
      next: 'Wait a moment, then try again.',
    },
    'config-file-too-large': {
      what: (path) => `The file "${path}" is too large for Conexor to change it safely.`,
      next: 'Make it smaller, or make the change there yourself.',
    },
    'config-disk-full': {
      what: (path) => `The disk is full: the file "${path}" was left as it was.`,
      next: 'Free some space on it, then try again.',
    },
    'config-disk-read-only': {
      what: (path) => `The disk of the file "${path}" can be read but not written.`,
      next: 'Allow writing to it, or make the change elsewhere yourself.',
    },
    'config-files-open': {
      what: (path) => `This computer has too many files open to change the file "${path}".`,
      next: 'Close some programs, then try again.',
    },
    'config-folder-missing': {
      what: (path) => `The folder for the file "${path}" is not there.`,
      next: 'Start the program that it belongs to once, then try again.',
    },
    'config-link-circle': {
      what: (path) => `The file "${path}" is a link that leads back to itself.`,
      next: 'Delete the link, or let it lead to a file, then try again.',
    },
    'config-link-nowhere': {
      what: (path) => `The file "${path}" is a link to something that is not there.`,
      next: 'Delete the link, or bring back what it leads to, then try again.',
    },
    'config-name-twice': {
      what: (path) => `One name stands in the file "${path}" twice, and programs do not agree which of the two counts.`,
      next: 'Nothing was changed in it. Correct it in an editor and try again, or make the change there yourself.',
    },
    'config-other-shape': {
      what: (path) => `Something else stands in the file "${path}" where its servers should be.`,
      next: 'Nothing was changed in it. Correct it in an editor and try again, or make the change there yourself.',
    },
    'config-inline': {
      what: (path) => `The servers in the file "${path}" are written in a way to which nothing can be added safely.`,
      next: 'Write each of them as a section of its own in an editor, then try again.',
    },
    'config-entry-theirs': {
      what: (path) =>
        `The file "${path}" has an entry of this name that Conexor did not write, or no longer knows as its own.`,
      next: 'Rename or remove that entry in an editor, then try again.',
    },
    'config-comment-inside': {
      what: (path) => `The entry in the file "${path}" has comments in it, which would be lost.`,
      next: 'Move the comments above the entry in an editor, then try again.',
    },
    'config-number-large': {
      what: (path) => `The entry in the file "${path}" has a number in it that Conexor cannot write again exactly.`,
      next: 'Change the entry yourself in an editor.',
    },
    'config-block-edited': {
      what: (path) => `What Conexor wrote in the file "${path}" was changed by somebody else.`,
      next: 'Take the lines between the two Conexor marks out in an editor, then try again.',
    },
    'config-copy-gone': {
      what: (path) => `The copy of the file "${path}" from before this change is gone, so it cannot be taken back.`,
      next: 'Take the entry of Conexor out with Remove, and add what was there before in an editor.',
    },
    'config-entry-edited': {
      what: (path) => `The entry of Conexor in the file "${path}" was changed by somebody else and was left as it is.`,
      next: 'Take it out in an editor if you do not need it any more.',
    },
  },
  es: {
    'config-file-changed': {
      what: (path) => `Otro programa acaba de cambiar el archivo "${path}".`,
      next: 'Cierra ese programa y vuelve a intentarlo.',
    },
    'config-file-large': {
      what: (path) => `El archivo "${path}" es más grande de lo que Conexor lee para esto.`,
      next: 'Pon solo el bloque del servicio en un archivo pequeño aparte e importa ese archivo.',
    },
    'config-file-linked': {
      what: (path) =>
        `No se ha cambiado nada en el archivo "${path}": tiene un segundo nombre en este disco (un enlace duro).`,
      next: 'Haz el cambio en un editor y comprueba que está con los dos nombres, o elimina el otro nombre y vuelve a intentarlo.',
    },
    'config-file-one-server': {
      what: (path) => `No se ha cambiado nada en el archivo "${path}": todo él es esta única entrada.`,
      next: 'Elimina tú el archivo, o vuelve a importarlo y quita solo el secreto.',
    },
    'config-file-two-secrets': {
      what: (path) =>
        `No se ha cambiado nada en el archivo "${path}": uno de sus servicios tiene allí dos secretos distintos.`,
      next: 'Quita en un editor el que no corresponde y vuelve a importar.',
    },
    'config-file-busy': {
      what: (path) => `Otro Conexor está cambiando el archivo "${path}" en este momento.`,
      next: 'Espera un momento y vuelve a intentarlo.',
    },
    'config-file-too-large': {
      what: (path) => `El archivo "${path}" es demasiado grande para que Conexor lo cambie con seguridad.`,
      next: 'Hazlo más pequeño o haz allí tú el cambio.',
    },
    'config-disk-full': {
      what: (path) => `El disco está lleno: el archivo "${path}" se ha dejado como estaba.`,
      next: 'Libera espacio en él y vuelve a intentarlo.',
    },
    'config-disk-read-only': {
      what: (path) => `El disco del archivo "${path}" se puede leer, pero no escribir.`,
      next: 'Permite escribir en él o haz tú el cambio en otro sitio.',
    },
    'config-files-open': {
      what: (path) => `Este ordenador tiene demasiados archivos abiertos para cambiar el archivo "${path}".`,
      next: 'Cierra algunos programas y vuelve a intentarlo.',
    },
    'config-folder-missing': {
      what: (path) => `La carpeta del archivo "${path}" no existe.`,
      next: 'Abre una vez el programa al que pertenece y vuelve a intentarlo.',
    },
    'config-link-circle': {
      what: (path) => `El archivo "${path}" es un enlace que vuelve a sí mismo.`,
      next: 'Elimina el enlace, o haz que lleve a un archivo, y vuelve a intentarlo.',
    },
    'config-link-nowhere': {
      what: (path) => `El archivo "${path}" es un enlace a algo que no existe.`,
      next: 'Elimina el enlace, o recupera aquello a lo que lleva, y vuelve a intentarlo.',
    },
    'config-name-twice': {
      what: (path) =>
        `Un nombre está dos veces en el archivo "${path}", y los programas no coinciden en cuál de los dos vale.`,
      next: 'No se ha cambiado nada en él. Corrígelo en un editor y vuelve a intentarlo, o haz allí tú el cambio.',
    },
    'config-other-shape': {
      what: (path) => `En el archivo "${path}" hay otra cosa donde deberían estar sus servidores.`,
      next: 'No se ha cambiado nada en él. Corrígelo en un editor y vuelve a intentarlo, o haz allí tú el cambio.',
    },
    'config-inline': {
      what: (path) =>
        `Los servidores del archivo "${path}" están escritos de una forma a la que no se puede añadir nada con seguridad.`,
      next: 'Escribe cada uno en una sección propia en un editor y vuelve a intentarlo.',
    },
    'config-entry-theirs': {
      what: (path) =>
        `El archivo "${path}" tiene una entrada con este nombre que Conexor no escribió o ya no reconoce como suya.`,
      next: 'Cambia el nombre de esa entrada o quítala en un editor, y vuelve a intentarlo.',
    },
    'config-comment-inside': {
      what: (path) => `La entrada del archivo "${path}" tiene comentarios dentro, que se perderían.`,
      next: 'Pon los comentarios encima de la entrada en un editor y vuelve a intentarlo.',
    },
    'config-number-large': {
      what: (path) => `La entrada del archivo "${path}" tiene un número que Conexor no puede volver a escribir igual.`,
      next: 'Cambia tú la entrada en un editor.',
    },
    'config-block-edited': {
      what: (path) => `Otra mano ha cambiado lo que Conexor escribió en el archivo "${path}".`,
      next: 'Quita en un editor las líneas entre las dos marcas de Conexor y vuelve a intentarlo.',
    },
    'config-copy-gone': {
      what: (path) =>
        `La copia del archivo "${path}" de antes de este cambio ya no está, así que no se puede deshacer.`,
      next: 'Quita la entrada de Conexor con Quitar y añade en un editor lo que había antes.',
    },
    'config-entry-edited': {
      what: (path) => `Otra mano ha cambiado la entrada de Conexor en el archivo "${path}", y se ha dejado como está.`,
      next: 'Quítala en un editor si ya no la necesitas.',
    },
  },
});

const names: readonly FileThing[] = [
  'config-file',
  ...(Object.keys(faultFiles.en) as Exclude<FileThing, 'config-file'>[]),
];

/** Where no sentence of its own fits, it is called what it is. */
export function namedFiles(what: string): Readonly<Record<FileThing, (path: string) => string>> {
  return Object.fromEntries(names.map((name) => [name, (path: string) => `${what} "${path}"`])) as Readonly<
    Record<FileThing, (path: string) => string>
  >;
}
