/**
 * What some faults say better than their code alone: next steps that just this service or input asks of a person, and
 * what sort of thing it is that cannot be used. The window is told whole sentences and needs none of these.
 */
import type { Advice, Thing } from '../faults.ts';
import { faultFiles, namedFiles } from './fault-files.ts';
import { section } from './section.ts';

interface FaultAdvice {
  readonly advice: Readonly<Record<Advice, string>>;
  readonly thing: Readonly<Record<Thing, (value: string) => string>>;
  /** Things of which a sentence of their own says more than "cannot be used". */
  readonly ofThing: Readonly<
    Partial<Record<Thing, { readonly what: (value: string) => string; readonly next: string }>>
  >;
  /** In place of the next step, where it is known from when on it makes sense to try again. */
  readonly notBefore: (moment: string) => string;
  /** Beside what happened. */
  readonly triesLeft: (tries: number) => string;
}

export const faultAdvice = section<FaultAdvice>({
  en: {
    advice: {
      'enter-again-elsewhere':
        'This service now sends Conexor to another server than the one you gave the secret for. If you trust it, enter everything again.',
      'enter-in-conexor': 'Open Conexor and enter it there.',
      'check-email-password': 'Check the e-mail address and the password, then try again.',
      'check-user-password': 'Check the user name and the password, then try again.',
      'new-access': 'Get a new one from the service, then enter it in Conexor.',
      'conexor-client-id':
        'You find the client ID in the Conexor dashboard, under Servers, on the page of your server.',
      'address-forms':
        'Give an organisation and server such as acme/sales-api, or a whole address that begins with https.',
      'address-without-secret':
        'Take the password or key out of the address: Conexor signs you in through the browser instead.',
      'local-program': 'It starts a program on this computer and needs no sign-in, so leave it where it is.',
      'paste-less': 'Paste only the address, or only the block of one service.',
      'config-broken':
        'Nothing was changed in it. Correct it in an editor and try again, or make the change there yourself.',
      'config-changed':
        'Nothing was changed in it: another program has just written it. Close that program, then try again.',
      'config-unreadable': 'Check that the file is there and that you may read it.',
      'keep-in-file':
        'Nothing was changed in it: there is no keychain here, so the file holds the only lasting copy of the secret.',
      'paste-whole-block': 'Copy the whole block again, from its first brace to its last, or paste only the address.',
    },
    thing: {
      ...namedFiles('the file'),
      'redirect-address': (value) => `the redirect address "${value}"`,
      'service-kind': (value) => `the service "${value}"`,
      'service-name': (value) => `the name "${value}" (letters, digits and hyphens, at most 40)`,
      'program-name': (value) => `the program name "${value}"`,
      request: (value) => `the request "${value}"`,
      'callback-address': (value) => `the pasted address at "${value}"`,
      'service-removed': (name) => `the removed service "${name}"`,
      'missing-field': (name) => `the empty field "${name}"`,
      field: (name) => `the value of "${name}"`,
      'key-file': (name) => `the value of "${name}"`,
      'account-label-empty': () => 'the empty account name',
      'account-label-taken': (value) => `the account name "${value}"`,
      'way-in': (value) => `the way to sign in "${value}"`,
      'client-way': (value) => `this way into "${value}"`,
      'remote-running': (value) => `the sign-in at "${value}"`,
      'remote-in-use': (value) => `the sign-in of "${value}"`,
      'remote-unread': (value) => `the file "${value}"`,
      'remote-file-unread': (value) => `the file "${value}"`,
      'remote-gone': (value) => `"${value}"`,
      'remote-older-way': (value) => `the address at "${value}"`,
      'own-server': (value) => `another sign-in server for "${value}"`,
      'many-servers': (value) => `the list of "${value}" services`,
      'address-long': (count) => `the address of "${count}" characters`,
      'second-client': (value) => `another client ID than that of "${value}"`,
    },
    ofThing: {
      ...faultFiles.en,
      'remote-running': {
        what: (host) => `An app is using the sign-in at ${host} at this moment.`,
        next: 'Close the app that uses it, then try again.',
      },
      'remote-in-use': {
        what: (name) => `"${name}" still uses this sign-in, so it was left as it is.`,
        next: 'Take that one over as well, then try again.',
      },
      'remote-unread': {
        what: (path) => `The sign-in in the file "${path}" could not be read, so nobody was asked to cancel it.`,
        next: 'Its files are kept. Delete them yourself if you do not need them any more.',
      },
      'remote-file-unread': {
        what: (path) => `The file "${path}" cannot be read and may still use this sign-in, so it was left as it is.`,
        next: 'Correct that file in an editor, then try again.',
      },
      'remote-gone': {
        what: (name) => `"${name}" is not there any more, or has changed.`,
        next: 'Look at the list again, then decide.',
      },
      'remote-older-way': {
        what: (host) => `${host} does not speak to Conexor at this address, so it was left as it is.`,
        next: 'Ask whoever runs the service for its newer address, change it in the entry, then try again.',
      },
      'own-server': {
        what: (name) => `${name} has a sign-in server of its own, and no other one can be given for it.`,
        next: 'Leave the sign-in server out, then try again.',
      },
      'many-servers': {
        what: (count) => `There are ${count} services in it, and Conexor takes over at most 50 at a time.`,
        next: 'Put at most 50 of them into a file or a paste of their own, then do the same with the rest.',
      },
      'address-long': {
        what: (count) => `This address is too long: it has ${count} characters, and Conexor takes at most 2048.`,
        next: 'Copy only the address of the service itself.',
      },
      'second-client': {
        what: (name) =>
          `It has the address of "${name}" with another client ID or secret, and one address has one here.`,
        next: 'Nothing of it was taken over. Keep the right one of the two in the file and import it again.',
      },
      'callback-address': {
        what: (host) => `The pasted address at "${host}" is not the one at which this sign-in ends.`,
        next: 'Answer the page in the browser first, then copy the whole address from the top of its window.',
      },
      'account-label-empty': { what: () => 'The new name of the account is empty.', next: 'Write a name for it.' },
      'account-label-taken': {
        what: (value) => `Another account of this service is called "${value}" already.`,
        next: 'Choose another name.',
      },
      'service-removed': {
        what: () => 'This service has been removed from Conexor in the meantime.',
        next: 'Connect it again if you still need it.',
      },
      'missing-field': { what: (label) => `"${label}" is still empty.`, next: 'Fill it in, then try again.' },
      field: {
        what: (label) => `What was given as "${label}" cannot be used.`,
        next: 'Copy it again from where you got it, whole and without blanks or line ends inside.',
      },
      'key-file': {
        what: (label) => `What was given as "${label}" is no private key that can be used here.`,
        next: 'Paste the whole file, from "-----BEGIN PRIVATE KEY-----" to its end, of a key without a password: RSA with at least 2048 bits, or an elliptic curve.',
      },
      'way-in': {
        what: (name) => `This service is not signed in to in this way: "${name}".`,
        next: 'Choose another way to sign in.',
      },
    },
    notBefore: (moment) => `Sign in with an access key now, or try again from ${moment} on.`,
    triesLeft: (tries) =>
      tries === 0
        ? 'That was the last try for today.'
        : tries === 1
          ? '1 more try is left for today.'
          : `${tries} more tries are left for today.`,
  },
  es: {
    advice: {
      'enter-again-elsewhere':
        'Este servicio remite ahora a Conexor a otro servidor que aquel para el que diste el secreto. Si confías en él, escríbelo todo de nuevo.',
      'enter-in-conexor': 'Abre Conexor y escríbelo allí.',
      'check-email-password': 'Comprueba el correo y la contraseña y vuelve a intentarlo.',
      'check-user-password': 'Comprueba el usuario y la contraseña y vuelve a intentarlo.',
      'new-access': 'Pide uno nuevo al servicio y escríbelo en Conexor.',
      'conexor-client-id': 'El ID de cliente está en el panel de Conexor, en «Servers», en la página de tu servidor.',
      'address-forms':
        'Indica una organización y un servidor, como acme/sales-api, o una dirección completa que empiece por https.',
      'address-without-secret':
        'Quita la contraseña o la clave de la dirección: Conexor inicia la sesión por el navegador.',
      'local-program': 'Abre un programa de este equipo y no necesita iniciar sesión; déjalo donde está.',
      'paste-less': 'Pega solo la dirección, o solo el bloque de un servicio.',
      'config-broken':
        'No se ha cambiado nada en él. Corrígelo en un editor y vuelve a intentarlo, o haz allí tú el cambio.',
      'config-changed':
        'No se ha cambiado nada en él: otro programa acaba de escribirlo. Cierra ese programa y vuelve a intentarlo.',
      'config-unreadable': 'Comprueba que el archivo existe y que puedes leerlo.',
      'keep-in-file':
        'No se ha cambiado nada en él: aquí no hay llavero, así que el archivo guarda la única copia duradera del secreto.',
      'paste-whole-block':
        'Copia otra vez el bloque entero, desde la primera llave hasta la última, o pega solo la dirección.',
    },
    thing: {
      ...namedFiles('el archivo'),
      'redirect-address': (value) => `la dirección de retorno "${value}"`,
      'service-kind': (value) => `el servicio "${value}"`,
      'service-name': (value) => `el nombre "${value}" (letras, cifras y guiones, 40 como máximo)`,
      'program-name': (value) => `el nombre de programa "${value}"`,
      request: (value) => `la solicitud "${value}"`,
      'callback-address': (value) => `la dirección pegada de "${value}"`,
      'service-removed': (name) => `el servicio retirado "${name}"`,
      'missing-field': (name) => `el campo vacío "${name}"`,
      field: (name) => `el valor de "${name}"`,
      'key-file': (name) => `el valor de "${name}"`,
      'account-label-empty': () => 'el nombre de cuenta vacío',
      'account-label-taken': (value) => `el nombre de cuenta "${value}"`,
      'way-in': (value) => `la forma de iniciar sesión "${value}"`,
      'client-way': (value) => `esta vía hacia "${value}"`,
      'remote-running': (value) => `la sesión en "${value}"`,
      'remote-in-use': (value) => `la sesión de "${value}"`,
      'remote-unread': (value) => `el archivo "${value}"`,
      'remote-file-unread': (value) => `el archivo "${value}"`,
      'remote-gone': (value) => `"${value}"`,
      'remote-older-way': (value) => `la dirección en "${value}"`,
      'own-server': (value) => `otro servidor de inicio de sesión para "${value}"`,
      'many-servers': (value) => `la lista de "${value}" servicios`,
      'address-long': (count) => `la dirección de "${count}" caracteres`,
      'second-client': (value) => `un ID de cliente distinto del de "${value}"`,
    },
    ofThing: {
      ...faultFiles.es,
      'remote-running': {
        what: (host) => `Una aplicación está usando ahora mismo la sesión en ${host}.`,
        next: 'Cierra la aplicación que la usa y vuelve a intentarlo.',
      },
      'remote-in-use': {
        what: (name) => `"${name}" sigue usando esta sesión, así que se ha dejado como está.`,
        next: 'Hazte cargo también de esa entrada y vuelve a intentarlo.',
      },
      'remote-unread': {
        what: (path) =>
          `No se ha podido leer la sesión del archivo "${path}", así que no se ha pedido a nadie cancelarla.`,
        next: 'Sus archivos se conservan. Elimínalos tú si ya no los necesitas.',
      },
      'remote-file-unread': {
        what: (path) =>
          `El archivo "${path}" no se puede leer y quizá todavía usa esta sesión, así que se ha dejado como está.`,
        next: 'Corrige ese archivo en un editor y vuelve a intentarlo.',
      },
      'remote-gone': {
        what: (name) => `"${name}" ya no está ahí o ha cambiado.`,
        next: 'Mira la lista de nuevo y decide entonces.',
      },
      'remote-older-way': {
        what: (host) => `${host} no habla con Conexor en esta dirección, así que se ha dejado como está.`,
        next: 'Pide a quien gestiona el servicio su dirección más nueva, cámbiala en la entrada y vuelve a intentarlo.',
      },
      'own-server': {
        what: (name) => `${name} tiene su propio servidor de inicio de sesión y no se le puede indicar otro.`,
        next: 'No indiques ningún servidor de inicio de sesión y vuelve a intentarlo.',
      },
      'many-servers': {
        what: (count) => `Hay ${count} servicios, y Conexor se hace cargo de 50 como máximo cada vez.`,
        next: 'Pon 50 como máximo en un archivo o un texto aparte y haz lo mismo con el resto.',
      },
      'address-long': {
        what: (count) =>
          `Esta dirección es demasiado larga: tiene ${count} caracteres y Conexor admite 2048 como máximo.`,
        next: 'Copia solo la dirección del servicio.',
      },
      'second-client': {
        what: (name) =>
          `Tiene la dirección de "${name}" con otro ID de cliente u otro secreto, y aquí cada dirección tiene solo uno.`,
        next: 'No se ha tomado nada de esta entrada. Deja en el archivo la correcta de las dos e impórtala otra vez.',
      },
      'callback-address': {
        what: (host) => `La dirección pegada de "${host}" no es aquella en la que termina este inicio de sesión.`,
        next: 'Responde primero a la página en el navegador y copia después la dirección entera de la parte de arriba.',
      },
      'account-label-empty': { what: () => 'El nuevo nombre de la cuenta está vacío.', next: 'Escribe un nombre.' },
      'account-label-taken': {
        what: (value) => `Otra cuenta de este servicio ya se llama "${value}".`,
        next: 'Elige otro nombre.',
      },
      'service-removed': {
        what: () => 'Mientras tanto, este servicio se ha retirado de Conexor.',
        next: 'Vuelve a conectarlo si aún lo necesitas.',
      },
      'missing-field': { what: (label) => `"${label}" está vacío.`, next: 'Rellénalo y vuelve a intentarlo.' },
      field: {
        what: (label) => `Lo que se ha indicado como "${label}" no se puede usar.`,
        next: 'Cópialo otra vez de donde lo obtuviste, entero y sin espacios ni saltos de línea dentro.',
      },
      'key-file': {
        what: (label) => `Lo que se ha indicado como "${label}" no es una clave privada que se pueda usar aquí.`,
        next: 'Pega el archivo entero, desde "-----BEGIN PRIVATE KEY-----" hasta el final, de una clave sin contraseña: RSA de al menos 2048 bits o de curva elíptica.',
      },
      'way-in': {
        what: (name) => `En este servicio no se inicia sesión de esta forma: "${name}".`,
        next: 'Elige otra forma de iniciar sesión.',
      },
    },
    notBefore: (moment) => `Inicia sesión ahora con una clave de acceso o vuelve a intentarlo a partir del ${moment}.`,
    triesLeft: (tries) =>
      tries === 0
        ? 'Era el último intento de hoy.'
        : tries === 1
          ? 'Hoy te queda 1 intento.'
          : `Hoy te quedan ${tries} intentos.`,
  },
});
