/**
 * What a person reads when something went wrong: what happened, and what to do now (rule 11 of the face). One entry
 * per fault code in each language, in plain words: no codes, no protocol names, no server's own text.
 */
import type { FaultCode } from '../faults.ts';
import { section } from './section.ts';

/** `subject` is whom it is about: a host name, a service, an account, a file. Undefined where the fault names nobody. */
export type FaultText = string | ((subject: string | undefined) => string);

interface FaultTexts {
  readonly of: Readonly<Record<FaultCode, { readonly what: FaultText; readonly next: FaultText }>>;
}

/** A service on this computer does not need the internet. */
function isHere(subject: string | undefined): boolean {
  return subject !== undefined && /^(127\.|localhost\b|\[::1\])/.test(subject);
}

/** `before` the subject, or nothing at all. */
function withSubject(before: string, subject: string | undefined, after = ''): string {
  return subject ? `${before}${subject}${after}` : '';
}

export const faultTexts = section<FaultTexts>({
  en: {
    of: {
      'browser-unavailable': {
        what: 'The browser could not be opened.',
        next: 'Copy the sign-in address and open it in a browser yourself.',
      },
      'consent-denied': {
        what: (who) => `You didn't allow access${withSubject(' to ', who)}. Nothing changed.`,
        next: 'Sign in again whenever you want to allow it.',
      },
      'sign-in-cancelled': {
        what: 'The sign-in was cancelled. Nothing changed.',
        next: 'Start it again whenever you like.',
      },
      'sign-in-timed-out': {
        what: 'The sign-in was not finished in time. Nothing has been saved.',
        next: 'Start it again and finish it in the browser.',
      },
      'sign-in-unknown': {
        what: 'This sign-in is not the one that Conexor is waiting for.',
        next: 'Start the sign-in again from Conexor.',
      },
      'issuer-mismatch': {
        what: (who) => `The sign-in was stopped: part of it belongs to somebody else than ${who ?? 'the service'}.`,
        next: 'Start it again; if it happens twice, tell whoever runs the service.',
      },
      'pkce-unsupported': {
        what: (who) => `${who ?? 'The service'} does not offer a sign-in that is safe for an app on a computer.`,
        next: 'Ask whoever runs the service to offer one.',
      },
      'discovery-failed': {
        what: (who) => `Conexor could not find out how to sign in${withSubject(' at ', who)}.`,
        next: 'Check the address, or try again later.',
      },
      'resource-mismatch': {
        what: (who) => `${who ?? 'The service'} says it is reached at another address than the one you gave.`,
        next: 'Check the address and connect it again.',
      },
      'registration-refused': {
        what: (who) => `${who ?? 'The service'} did not accept Conexor as an app.`,
        next: 'Ask whoever runs the service for a client ID and enter it in Conexor.',
      },
      'client-id-needed': {
        what: (who) => `${who ?? 'The service'} wants every app to be known beforehand.`,
        next: 'Ask whoever runs the service for a client ID and enter it in Conexor.',
      },
      'client-refused': {
        what: (who) => `${who ?? 'The service'} does not accept this client ID or its secret.`,
        next: 'Check both where they were created, then connect the service again.',
      },
      'token-refused': {
        what: (who) => `${who ?? 'The service'} did not complete the sign-in.`,
        next: 'Start the sign-in again.',
      },
      'target-refused': {
        what: (who) => `${who ?? 'The service'} does not give access to this address.`,
        next: 'Check the address of the service and connect it again.',
      },
      'scope-refused': {
        what: (who) => `${who ?? 'The service'} does not give the permissions that were asked for.`,
        next: 'Ask whoever runs the service which permissions you may have.',
      },
      'credentials-refused': {
        what: (who) => `${who ?? 'The service'} did not accept what you entered.`,
        next: 'Check it where you got it, then enter it again.',
      },
      'second-factor-needed': {
        what: (who) => `${who ?? 'The service'} asks for a second confirmation, which this way in does not have.`,
        next: 'Choose another way to sign in, or ask the service for access without it.',
      },
      'account-banned': {
        what: (who) => `${who ?? 'The service'} has blocked this user.`,
        next: 'Ask the support of the service to lift the block. Conexor does not try again until you sign in.',
      },
      'generation-limit': {
        what: (who) =>
          `Conexor has asked ${who ?? 'the service'} for access as often as is safe in one day. More could get you blocked there.`,
        next: 'Wait until tomorrow, then try again.',
      },
      'sign-in-needed': {
        what: (who) => `You are not signed in${withSubject(' to ', who)}.`,
        next: 'Sign in, then try again.',
      },
      paused: {
        what: (who) => `Access${withSubject(' to ', who)} is paused in Conexor.`,
        next: 'Resume it in Conexor, then try again.',
      },
      'program-waiting': {
        what: (who) => `Conexor is asking you whether ${who ?? 'this app'} may use this service.`,
        next: 'Open Conexor and allow it, then try again.',
      },
      'program-refused': {
        what: (who) => `You have not allowed ${who ?? 'this app'} to use this service.`,
        next: 'Allow it in Conexor under Apps, then try again.',
      },
      'permission-needed': {
        what: (who) => `Your sign-in${withSubject(' to ', who)} does not include the permission this needs.`,
        next: 'Open Conexor and allow the new permission, then try again.',
      },
      forbidden: {
        what: (who) => `${who ?? 'The service'} does not allow your account to do this.`,
        next: 'Ask your administrator for access, or use another account in Conexor.',
      },
      'account-disabled': {
        what: (who) => `Your account${withSubject(' at ', who)} has been disabled there.`,
        next: 'Ask your administrator to enable it, or use another account in Conexor.',
      },
      'plan-limit': {
        what: (who) => `Your plan's limit${withSubject(' at ', who)} is used up.`,
        next: 'Wait until the limit starts anew or ask for a larger plan; trying again now does not help.',
      },
      'rate-limited': {
        what: (who) => `${who ?? 'The service'} is getting too many requests.`,
        next: 'Wait a minute, then try again.',
      },
      unreachable: {
        what: (who) => `Conexor could not reach ${who ?? 'the service'}.`,
        next: (who) =>
          isHere(who) ? 'Check that it is running, then try again.' : 'Check the internet connection, then try again.',
      },
      'answer-lost': {
        what: (who) =>
          `The connection${withSubject(' to ', who)} was lost before the answer arrived, so the request may have been carried out or not.`,
        next: 'Check before you try again.',
      },
      'tls-refused': {
        what: (who) => `The secure connection${withSubject(' to ', who)} could not be trusted.`,
        next: "If your company inspects traffic, add its certificate to this computer; otherwise check the computer's date and the address.",
      },
      'captive-portal': {
        what: (who) => `Somebody else answered in place of ${who ?? 'the service'}, perhaps the network you are on.`,
        next: 'If this network wants you to sign in first, do so in your browser; otherwise check the address. Then try again.',
      },
      'proxy-refused': {
        what: (who) => `Your network did not let Conexor through${withSubject(' to ', who)}.`,
        next: 'Ask whoever looks after your network to allow it, then try again.',
      },
      'clock-wrong': {
        what: (who) => `The clock of this computer and that of ${who ?? 'the service'} do not agree.`,
        next: 'Let the system set date and time automatically, then try again; if they are right, the service has to put it right.',
      },
      'service-down': {
        what: (who) => `${who ?? 'The service'} has trouble at the moment.`,
        next: 'Try again in a few minutes.',
      },
      'service-answer-invalid': {
        what: (who) => `${who ?? 'The service'} gave an answer that Conexor does not understand.`,
        next: 'Check the address of the service, or try again later.',
      },
      'session-unknown': {
        what: 'This conversation with Conexor has ended.',
        next: 'Connect again from your app.',
      },
      'keychain-locked': { what: "This computer's keychain is locked.", next: 'Unlock it, then try again.' },
      'keychain-missing': {
        what: 'This computer has no keychain that Conexor can use.',
        next: 'Install one (such as GNOME Keyring), or start Conexor with a key file.',
      },
      'keychain-failed': {
        what: "This computer's keychain did not answer.",
        next: 'Restart the computer and try again.',
      },
      'vault-damaged': {
        what: (who) => `The file in which Conexor keeps your sign-ins could not be read${withSubject(' (', who, ')')}.`,
        next: 'It was set aside untouched; sign in again.',
      },
      'vault-newer': {
        what: (who) =>
          `The file in which Conexor keeps your sign-ins was written by a newer Conexor${withSubject(' (', who, ')')}.`,
        next: 'Update Conexor; the file was not touched.',
      },
      'vault-key-missing': {
        what: 'Your saved sign-ins are sealed with another key than the one that is here.',
        next: 'Start Conexor with the key file or the keychain that was used before; the saved sign-ins were not touched.',
      },
      'key-file-invalid': {
        what: (who) => `The key file${withSubject(' ', who)} cannot be used.`,
        next: 'It must be a file that you can read, holding 32 bytes as they are, in hexadecimal or in base64.',
      },
      'data-folder-unusable': {
        what: (who) => `Conexor cannot use its folder${withSubject(' ', who)}.`,
        next: 'Check that it belongs to you, that nobody else may open it, and that its path is not too long.',
      },
      'file-not-writable': {
        what: (who) =>
          `Conexor could not save anything${withSubject(' in ', who)}. What was saved before is still there.`,
        next: 'Check that the disk is not full and that you may write there, then try again.',
      },
      'connection-unknown': {
        what: (who) => (who ? `Conexor has no service named ${who}.` : 'No service is connected in Conexor yet.'),
        next: 'Add the service in Conexor.',
      },
      'connection-ambiguous': {
        what: 'Several services are connected in Conexor and none was named.',
        next: "Name the one to use in your app's settings.",
      },
      'connection-exists': {
        what: (who) => `${who ?? 'This service'} is already connected in Conexor.`,
        next: 'Use that one, or remove it first.',
      },
      'account-unknown': {
        what: (who) => `Conexor has no account${who ? ` ${who}` : ' of that name'} there.`,
        next: 'Choose one of the accounts that Conexor lists.',
      },
      'account-ambiguous': {
        what: (who) => `Several accounts match${withSubject(' ', who)}.`,
        next: 'Write more of the name, so that only one matches.',
      },
      'address-invalid': {
        what: (who) => `${who ?? 'This'} is not an address that can be used.`,
        next: 'Check how it is written.',
      },
      'address-insecure': {
        what: (who) => `${who ?? 'This address'} is not protected on the way, so nothing is sent there.`,
        next: 'Use an address that begins with https.',
      },
      'input-invalid': {
        what: (who) => `${who ? `${who} is` : 'This input is'} not something Conexor can use.`,
        next: 'Check how it is written.',
      },
      'port-taken': {
        what: (who) => `${who ? `Port ${who}` : 'The port'} is used by another program.`,
        next: 'Close that program or choose another port.',
      },
      'broker-absent': { what: "Conexor isn't running.", next: 'Start Conexor, then try again.' },
      'broker-unreachable': {
        what: 'Conexor is running but does not answer.',
        next: 'Quit Conexor and start it again, then try again.',
      },
      'client-key-wrong': {
        what: 'Conexor does not know the key that this program uses.',
        next: "Copy the program's key from Conexor again.",
      },
      'host-refused': {
        what: 'Conexor answers only to programs on this computer.',
        next: 'Use the address exactly as Conexor shows it.',
      },
      'too-large': {
        what: (who) => `What was sent${withSubject(' by ', who)} is too large.`,
        next: 'Ask for less at a time.',
      },
      internal: {
        what: 'Something went wrong inside Conexor.',
        next: 'Try again; if it happens again, restart Conexor and send us its diagnostics.',
      },
    },
  },
  es: {
    of: {
      'browser-unavailable': {
        what: 'No se ha podido abrir el navegador.',
        next: 'Copia la dirección de inicio de sesión y ábrela tú en un navegador.',
      },
      'consent-denied': {
        what: (who) => `No has permitido el acceso${withSubject(' a ', who)}. No ha cambiado nada.`,
        next: 'Vuelve a iniciar sesión cuando quieras permitirlo.',
      },
      'sign-in-cancelled': {
        what: 'Se ha cancelado el inicio de sesión. No ha cambiado nada.',
        next: 'Empieza de nuevo cuando quieras.',
      },
      'sign-in-timed-out': {
        what: 'El inicio de sesión no se ha completado a tiempo. No se ha guardado nada.',
        next: 'Empieza de nuevo y termínalo en el navegador.',
      },
      'sign-in-unknown': {
        what: 'Este inicio de sesión no es el que Conexor está esperando.',
        next: 'Inicia sesión de nuevo desde Conexor.',
      },
      'issuer-mismatch': {
        what: (who) =>
          `Se ha detenido el inicio de sesión: una parte no pertenece a ${who ?? 'este servicio'}, sino a otro.`,
        next: 'Empieza de nuevo; si vuelve a pasar, avisa a quien gestiona el servicio.',
      },
      'pkce-unsupported': {
        what: (who) =>
          `${who ?? 'El servicio'} no ofrece un inicio de sesión que sea seguro para una aplicación de escritorio.`,
        next: 'Pide a quien gestiona el servicio que lo ofrezca.',
      },
      'discovery-failed': {
        what: (who) => `Conexor no ha podido averiguar cómo se inicia sesión${withSubject(' en ', who)}.`,
        next: 'Comprueba la dirección o inténtalo más tarde.',
      },
      'resource-mismatch': {
        what: (who) => `${who ?? 'El servicio'} dice que su dirección no es la que has indicado.`,
        next: 'Comprueba la dirección y conéctalo de nuevo.',
      },
      'registration-refused': {
        what: (who) => `${who ?? 'El servicio'} no ha aceptado a Conexor como aplicación.`,
        next: 'Pide un ID de cliente a quien gestiona el servicio e introdúcelo en Conexor.',
      },
      'client-id-needed': {
        what: (who) => `${who ?? 'El servicio'} exige conocer de antemano cada aplicación.`,
        next: 'Pide un ID de cliente a quien gestiona el servicio e introdúcelo en Conexor.',
      },
      'client-refused': {
        what: (who) => `${who ?? 'El servicio'} no acepta este ID de cliente o su secreto.`,
        next: 'Comprueba los dos donde se crearon y conecta el servicio de nuevo.',
      },
      'token-refused': {
        what: (who) => `${who ?? 'El servicio'} no ha completado el inicio de sesión.`,
        next: 'Vuelve a iniciar sesión.',
      },
      'target-refused': {
        what: (who) => `${who ?? 'El servicio'} no da acceso a esta dirección.`,
        next: 'Comprueba la dirección del servicio y conéctalo de nuevo.',
      },
      'scope-refused': {
        what: (who) => `${who ?? 'El servicio'} no concede los permisos que se han pedido.`,
        next: 'Pregunta a quien gestiona el servicio qué permisos puedes tener.',
      },
      'credentials-refused': {
        what: (who) => `${who ?? 'El servicio'} no ha aceptado lo que has escrito.`,
        next: 'Compruébalo donde lo obtuviste y escríbelo de nuevo.',
      },
      'second-factor-needed': {
        what: (who) => `${who ?? 'El servicio'} pide una segunda confirmación, que esta forma de acceso no tiene.`,
        next: 'Elige otra forma de iniciar sesión o pide al servicio un acceso sin ella.',
      },
      'account-banned': {
        what: (who) => `${who ?? 'El servicio'} ha bloqueado a este usuario.`,
        next: 'Pide al soporte del servicio que lo desbloquee. Conexor no lo intenta de nuevo hasta que inicies sesión.',
      },
      'generation-limit': {
        what: (who) =>
          `Conexor ya ha pedido acceso a ${who ?? 'este servicio'} tantas veces como es prudente en un día. Con más podrían bloquearte.`,
        next: 'Espera hasta mañana y vuelve a intentarlo.',
      },
      'sign-in-needed': {
        what: (who) => `No has iniciado sesión${withSubject(' en ', who)}.`,
        next: 'Inicia sesión y vuelve a intentarlo.',
      },
      paused: {
        what: (who) => `El acceso${withSubject(' a ', who)} está en pausa en Conexor.`,
        next: 'Reanúdalo en Conexor y vuelve a intentarlo.',
      },
      'program-waiting': {
        what: (who) => `Conexor te está preguntando si ${who ?? 'esta aplicación'} puede usar este servicio.`,
        next: 'Abre Conexor, permítelo y vuelve a intentarlo.',
      },
      'program-refused': {
        what: (who) => `No has permitido que ${who ?? 'esta aplicación'} use este servicio.`,
        next: 'Permítelo en Conexor, en Aplicaciones, y vuelve a intentarlo.',
      },
      'permission-needed': {
        what: (who) => `Tu sesión${withSubject(' en ', who)} no incluye el permiso que hace falta.`,
        next: 'Abre Conexor, concede el permiso nuevo y vuelve a intentarlo.',
      },
      forbidden: {
        what: (who) => `${who ?? 'El servicio'} no permite que tu cuenta haga esto.`,
        next: 'Pide acceso a tu administrador o usa otra cuenta en Conexor.',
      },
      'account-disabled': {
        what: (who) => `Tu cuenta${withSubject(' en ', who)} está desactivada.`,
        next: 'Pide a tu administrador que la active o usa otra cuenta en Conexor.',
      },
      'plan-limit': {
        what: (who) => `Has agotado el límite de tu plan${withSubject(' en ', who)}.`,
        next: 'Espera a que el límite se renueve o pide un plan mayor; repetirlo ahora no sirve de nada.',
      },
      'rate-limited': {
        what: (who) => `${who ?? 'El servicio'} está recibiendo demasiadas solicitudes.`,
        next: 'Espera un minuto y vuelve a intentarlo.',
      },
      unreachable: {
        what: (who) => `Conexor no ha podido conectar con ${who ?? 'el servicio'}.`,
        next: (who) =>
          isHere(who)
            ? 'Comprueba que está en marcha y vuelve a intentarlo.'
            : 'Comprueba la conexión a internet y vuelve a intentarlo.',
      },
      'answer-lost': {
        what: (who) =>
          `La conexión${withSubject(' con ', who)} se ha perdido antes de llegar la respuesta: puede que la solicitud se haya llevado a cabo y puede que no.`,
        next: 'Compruébalo antes de volver a intentarlo.',
      },
      'tls-refused': {
        what: (who) => `No se puede confiar en la conexión segura${withSubject(' con ', who)}.`,
        next: 'Si tu empresa inspecciona el tráfico, añade su certificado a este equipo; si no, comprueba la fecha del equipo y la dirección.',
      },
      'captive-portal': {
        what: (who) => `Ha respondido otro en lugar de ${who ?? 'el servicio'}, quizá la red que estás usando.`,
        next: 'Si esta red pide iniciar sesión primero, hazlo en el navegador; si no, comprueba la dirección. Después, vuelve a intentarlo.',
      },
      'proxy-refused': {
        what: (who) => `Tu red no ha dejado pasar a Conexor${withSubject(' hasta ', who)}.`,
        next: 'Pide a quien se ocupa de tu red que lo permita y vuelve a intentarlo.',
      },
      'clock-wrong': {
        what: (who) => `El reloj de este equipo y el de ${who ?? 'el servicio'} no coinciden.`,
        next: 'Deja que el sistema ponga la fecha y la hora automáticamente y vuelve a intentarlo; si son correctas, tiene que arreglarlo el servicio.',
      },
      'service-down': {
        what: (who) => `${who ?? 'El servicio'} tiene problemas en este momento.`,
        next: 'Vuelve a intentarlo dentro de unos minutos.',
      },
      'service-answer-invalid': {
        what: (who) => `${who ?? 'El servicio'} ha dado una respuesta que Conexor no entiende.`,
        next: 'Comprueba la dirección del servicio o inténtalo más tarde.',
      },
      'session-unknown': {
        what: 'Esta conversación con Conexor ha terminado.',
        next: 'Vuelve a conectar desde tu aplicación.',
      },
      'keychain-locked': {
        what: 'El llavero de este equipo está bloqueado.',
        next: 'Desbloquéalo y vuelve a intentarlo.',
      },
      'keychain-missing': {
        what: 'Este equipo no tiene ningún llavero que Conexor pueda usar.',
        next: 'Instala uno (como GNOME Keyring) o inicia Conexor con un archivo de clave.',
      },
      'keychain-failed': {
        what: 'El llavero de este equipo no ha respondido.',
        next: 'Reinicia el equipo y vuelve a intentarlo.',
      },
      'vault-damaged': {
        what: (who) =>
          `No se ha podido leer el archivo en el que Conexor guarda tus inicios de sesión${withSubject(' (', who, ')')}.`,
        next: 'Se ha apartado sin modificarlo; vuelve a iniciar sesión.',
      },
      'vault-newer': {
        what: (who) =>
          `El archivo en el que Conexor guarda tus inicios de sesión es de una versión más nueva de Conexor${withSubject(' (', who, ')')}.`,
        next: 'Actualiza Conexor; el archivo no se ha tocado.',
      },
      'vault-key-missing': {
        what: 'Tus inicios de sesión guardados están protegidos con otra clave que no está aquí.',
        next: 'Inicia Conexor con el archivo de clave o el llavero que usabas antes; lo guardado no se ha tocado.',
      },
      'key-file-invalid': {
        what: (who) => `No se puede usar el archivo de clave${withSubject(' ', who)}.`,
        next: 'Tiene que ser un archivo que puedas leer, con 32 bytes tal cual, en hexadecimal o en base64.',
      },
      'data-folder-unusable': {
        what: (who) => `Conexor no puede usar su carpeta${withSubject(' ', who)}.`,
        next: 'Comprueba que es tuya, que nadie más puede abrirla y que su ruta no es demasiado larga.',
      },
      'file-not-writable': {
        what: (who) =>
          `Conexor no ha podido guardar nada${withSubject(' en ', who)}. Lo que ya estaba guardado sigue ahí.`,
        next: 'Comprueba que el disco no está lleno y que puedes escribir ahí, y vuelve a intentarlo.',
      },
      'connection-unknown': {
        what: (who) =>
          who
            ? `Conexor no tiene ningún servicio llamado ${who}.`
            : 'Todavía no hay ningún servicio conectado en Conexor.',
        next: 'Añade el servicio en Conexor.',
      },
      'connection-ambiguous': {
        what: 'Hay varios servicios conectados en Conexor y no se ha indicado ninguno.',
        next: 'Indica cuál usar en la configuración de tu aplicación.',
      },
      'connection-exists': {
        what: (who) => `${who ?? 'Este servicio'} ya está conectado en Conexor.`,
        next: 'Usa ese o quítalo antes.',
      },
      'account-unknown': {
        what: (who) => `Conexor no tiene ahí ninguna cuenta${who ? ` ${who}` : ' con ese nombre'}.`,
        next: 'Elige una de las cuentas que Conexor muestra.',
      },
      'account-ambiguous': {
        what: (who) => `Hay varias cuentas que coinciden${withSubject(': ', who)}.`,
        next: 'Escribe más letras del nombre, hasta que solo coincida una.',
      },
      'address-invalid': {
        what: (who) => `${who ?? 'Esto'} no es una dirección que se pueda usar.`,
        next: 'Comprueba cómo está escrita.',
      },
      'address-insecure': {
        what: (who) => `${who ?? 'Esta dirección'} no está protegida por el camino, así que no se envía nada.`,
        next: 'Usa una dirección que empiece por https.',
      },
      'input-invalid': {
        what: (who) => (who ? `Conexor no puede usar ${who}.` : 'Conexor no puede usar lo que se ha indicado.'),
        next: 'Comprueba cómo está escrito.',
      },
      'port-taken': {
        what: (who) => `Otro programa está usando ${who ? `el puerto ${who}` : 'el puerto'}.`,
        next: 'Cierra ese programa o elige otro puerto.',
      },
      'broker-absent': { what: 'Conexor no está en marcha.', next: 'Inicia Conexor y vuelve a intentarlo.' },
      'broker-unreachable': {
        what: 'Conexor está en marcha, pero no responde.',
        next: 'Cierra Conexor, ábrelo de nuevo y vuelve a intentarlo.',
      },
      'client-key-wrong': {
        what: 'Conexor no conoce la clave que usa este programa.',
        next: 'Copia otra vez desde Conexor la clave del programa.',
      },
      'host-refused': {
        what: 'Conexor solo responde a programas de este equipo.',
        next: 'Usa la dirección exactamente como la muestra Conexor.',
      },
      'too-large': {
        what: (who) => `Lo que se ha enviado${withSubject(' desde ', who)} es demasiado grande.`,
        next: 'Pide menos cada vez.',
      },
      internal: {
        what: 'Algo ha fallado dentro de Conexor.',
        next: 'Vuelve a intentarlo; si se repite, reinicia Conexor y envíanos su diagnóstico.',
      },
    },
  },
});
