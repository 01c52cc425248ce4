/**
 * What a person reads when something went wrong: here what happened, in fault-next.ts what to do now (rule 11 of the
 * face). One entry per fault code in each language, in plain words: no codes, no protocol names, no server's own text.
 */
import type { FaultCode } from '../faults.ts';
import { section } from './section.ts';

/** `subject` is whom it is about: a host name, a service, an account, a file. Undefined where the fault names nobody. */
export type FaultText = string | ((subject: string | undefined) => string);
export type FaultTexts = Readonly<Record<FaultCode, FaultText>>;

/** `before` the subject, or nothing at all. */
function withSubject(before: string, subject: string | undefined, after = ''): string {
  return subject ? `${before}${subject}${after}` : '';
}

export const faultTexts = section<FaultTexts>({
  en: {
    'browser-unavailable': 'The browser could not be opened.',
    'consent-denied': (who) => `You didn't allow access${withSubject(' to ', who)}. Nothing changed.`,
    'sign-in-cancelled': 'The sign-in was cancelled. Nothing changed.',
    'sign-in-timed-out': 'The sign-in was not finished in time. Nothing has been saved.',
    'sign-in-unknown': 'This sign-in is not the one that Conexor is waiting for.',
    'issuer-mismatch': (who) =>
      `The sign-in was stopped: part of it belongs to somebody else than ${who ?? 'the service'}.`,
    'pkce-unsupported': (who) =>
      `${who ?? 'The service'} does not offer a sign-in that is safe for an app on a computer.`,
    'discovery-failed': (who) => `Conexor could not find out how to sign in${withSubject(' at ', who)}.`,
    'resource-mismatch': (who) =>
      `${who ?? 'The service'} says it is reached at another address than the one you gave.`,
    'registration-refused': (who) => `${who ?? 'The service'} did not accept Conexor as an app.`,
    'registration-stale': (who) => `${who ?? 'The service'} no longer accepts Conexor as an app.`,
    'client-id-needed': (who) => `${who ?? 'The service'} wants every app to be known beforehand.`,
    'client-refused': (who) => `${who ?? 'The service'} does not accept this client ID or its secret.`,
    'token-refused': (who) => `${who ?? 'The service'} did not complete the sign-in.`,
    'target-refused': (who) => `${who ?? 'The service'} does not give access to this address.`,
    'scope-refused': (who) => `${who ?? 'The service'} does not give the permissions that were asked for.`,
    'credentials-refused': (who) => `${who ?? 'The service'} did not accept what you entered.`,
    'second-factor-needed': (who) =>
      `${who ?? 'The service'} asks for a second confirmation, which this way in does not have.`,
    'account-banned': (who) => `${who ?? 'The service'} has blocked this user.`,
    'generation-limit': (who) =>
      `Conexor has asked ${who ?? 'the service'} for access as often as is safe in one day. More could get you blocked there.`,
    'sign-in-needed': (who) => `You are not signed in${withSubject(' to ', who)}.`,
    paused: (who) => `Access${withSubject(' to ', who)} is paused in Conexor.`,
    'program-waiting': (who) => `Conexor is asking you whether ${who ?? 'this app'} may use this service.`,
    'program-refused': (who) => `You have not allowed ${who ?? 'this app'} to use this service.`,
    'permission-needed': (who) => `Your sign-in${withSubject(' to ', who)} does not include the permission this needs.`,
    forbidden: (who) => `${who ?? 'The service'} does not allow your account to do this.`,
    'account-disabled': (who) => `Your account${withSubject(' at ', who)} has been disabled there.`,
    'plan-limit': (who) => `Your plan's limit${withSubject(' at ', who)} is used up.`,
    'rate-limited': (who) => `${who ?? 'The service'} is getting too many requests.`,
    unreachable: (who) => `Conexor could not reach ${who ?? 'the service'}.`,
    'answer-lost': (who) =>
      `The connection${withSubject(' to ', who)} was lost before the answer arrived, so the request may have been carried out or not.`,
    'tls-refused': (who) => `The secure connection${withSubject(' to ', who)} could not be trusted.`,
    'captive-portal': (who) =>
      `Somebody else answered in place of ${who ?? 'the service'}, perhaps the network you are on.`,
    'proxy-refused': (who) => `Your network did not let Conexor through${withSubject(' to ', who)}.`,
    'clock-wrong': (who) => `The clock of this computer and that of ${who ?? 'the service'} do not agree.`,
    'service-down': (who) => `${who ?? 'The service'} has trouble at the moment.`,
    'service-answer-invalid': (who) => `${who ?? 'The service'} gave an answer that Conexor does not understand.`,
    'session-unknown': 'This conversation with Conexor has ended.',
    'keychain-locked': "This computer's keychain is locked.",
    'keychain-missing': 'This computer has no keychain that Conexor can use.',
    'keychain-failed': "This computer's keychain did not answer.",
    'vault-damaged': (who) =>
      `The file in which Conexor keeps your sign-ins could not be read${withSubject(' (', who, ')')}.`,
    'vault-newer': (who) =>
      `The file in which Conexor keeps your sign-ins was written by a newer Conexor${withSubject(' (', who, ')')}.`,
    'vault-key-missing': 'Your saved sign-ins are sealed with another key than the one that is here.',
    'key-file-invalid': (who) => `The key file${withSubject(' ', who)} cannot be used.`,
    'data-folder-unusable': (who) => `Conexor cannot use its folder${withSubject(' ', who)}.`,
    'file-not-writable': (who) =>
      `Conexor could not save anything${withSubject(' in ', who)}. What was saved before is still there.`,
    'connection-unknown': (who) =>
      who ? `Conexor has no service named ${who}.` : 'No service is connected in Conexor yet.',
    'connection-ambiguous': (who) =>
      `Several services are connected in Conexor and none was named${withSubject(': ', who)}.`,
    'connection-exists': (who) => `${who ?? 'This service'} is already connected in Conexor.`,
    'account-unknown': (who) => `Conexor has no account${who ? ` ${who}` : ' of that name'} there.`,
    'account-ambiguous': (who) => `Several accounts match${withSubject(' ', who)}.`,
    'address-invalid': (who) => `${who ?? 'This'} is not an address that can be used.`,
    'address-insecure': (who) => `${who ?? 'This address'} is not protected on the way, so nothing is sent there.`,
    'input-invalid': (who) => `${who ? `${who} is` : 'This input is'} not something Conexor can use.`,
    'port-taken': (who) => `${who ? `Port ${who}` : 'The port'} is used by another program.`,
    'node-missing': 'Your apps start Conexor with Node.js, and this computer has none that is new enough.',
    'broker-absent': "Conexor isn't running.",
    'broker-unreachable': 'Conexor is running but does not answer.',
    'client-key-wrong': 'Conexor does not know the key that this program uses.',
    'containers-off': 'Programs in containers cannot reach Conexor: that is switched off.',
    'program-policy': (who) => `Your organisation’s settings do not allow this in ${who ?? 'that program'}.`,
    'program-running': (who) => `${who ?? 'The program'} is open, and it overwrites its settings while it is.`,
    'program-not-found': (who) => `${who ?? 'This program'} was not found on this computer.`,
    'program-command-failed': (who) => `${who ?? 'The program'} did not take the entry over its own command.`,
    'host-refused': 'Conexor answers only to programs on this computer.',
    'too-large': (who) => `What was sent${withSubject(' by ', who)} is too large.`,
    internal: 'Something went wrong inside Conexor.',
  },
  es: {
    'browser-unavailable': 'No se ha podido abrir el navegador.',
    'consent-denied': (who) => `No has permitido el acceso${withSubject(' a ', who)}. No ha cambiado nada.`,
    'sign-in-cancelled': 'Se ha cancelado el inicio de sesión. No ha cambiado nada.',
    'sign-in-timed-out': 'El inicio de sesión no se ha completado a tiempo. No se ha guardado nada.',
    'sign-in-unknown': 'Este inicio de sesión no es el que Conexor está esperando.',
    'issuer-mismatch': (who) =>
      `Se ha detenido el inicio de sesión: una parte no pertenece a ${who ?? 'este servicio'}, sino a otro.`,
    'pkce-unsupported': (who) =>
      `${who ?? 'El servicio'} no ofrece un inicio de sesión que sea seguro para una aplicación de escritorio.`,
    'discovery-failed': (who) => `Conexor no ha podido averiguar cómo se inicia sesión${withSubject(' en ', who)}.`,
    'resource-mismatch': (who) => `${who ?? 'El servicio'} dice que su dirección no es la que has indicado.`,
    'registration-refused': (who) => `${who ?? 'El servicio'} no ha aceptado a Conexor como aplicación.`,
    'registration-stale': (who) => `${who ?? 'El servicio'} ya no acepta a Conexor como aplicación.`,
    'client-id-needed': (who) => `${who ?? 'El servicio'} exige conocer de antemano cada aplicación.`,
    'client-refused': (who) => `${who ?? 'El servicio'} no acepta este ID de cliente o su secreto.`,
    'token-refused': (who) => `${who ?? 'El servicio'} no ha completado el inicio de sesión.`,
    'target-refused': (who) => `${who ?? 'El servicio'} no da acceso a esta dirección.`,
    'scope-refused': (who) => `${who ?? 'El servicio'} no concede los permisos que se han pedido.`,
    'credentials-refused': (who) => `${who ?? 'El servicio'} no ha aceptado lo que has escrito.`,
    'second-factor-needed': (who) =>
      `${who ?? 'El servicio'} pide una segunda confirmación, que esta forma de acceso no tiene.`,
    'account-banned': (who) => `${who ?? 'El servicio'} ha bloqueado a este usuario.`,
    'generation-limit': (who) =>
      `Conexor ya ha pedido acceso a ${who ?? 'este servicio'} tantas veces como es prudente en un día. Con más podrían bloquearte.`,
    'sign-in-needed': (who) => `No has iniciado sesión${withSubject(' en ', who)}.`,
    paused: (who) => `El acceso${withSubject(' a ', who)} está en pausa en Conexor.`,
    'program-waiting': (who) => `Conexor te está preguntando si ${who ?? 'esta aplicación'} puede usar este servicio.`,
    'program-refused': (who) => `No has permitido que ${who ?? 'esta aplicación'} use este servicio.`,
    'permission-needed': (who) => `Tu sesión${withSubject(' en ', who)} no incluye el permiso que hace falta.`,
    forbidden: (who) => `${who ?? 'El servicio'} no permite que tu cuenta haga esto.`,
    'account-disabled': (who) => `Tu cuenta${withSubject(' en ', who)} está desactivada.`,
    'plan-limit': (who) => `Has agotado el límite de tu plan${withSubject(' en ', who)}.`,
    'rate-limited': (who) => `${who ?? 'El servicio'} está recibiendo demasiadas solicitudes.`,
    unreachable: (who) => `Conexor no ha podido conectar con ${who ?? 'el servicio'}.`,
    'answer-lost': (who) =>
      `La conexión${withSubject(' con ', who)} se ha perdido antes de llegar la respuesta: puede que la solicitud se haya llevado a cabo y puede que no.`,
    'tls-refused': (who) => `No se puede confiar en la conexión segura${withSubject(' con ', who)}.`,
    'captive-portal': (who) => `Ha respondido otro en lugar de ${who ?? 'el servicio'}, quizá la red que estás usando.`,
    'proxy-refused': (who) => `Tu red no ha dejado pasar a Conexor${withSubject(' hasta ', who)}.`,
    'clock-wrong': (who) => `El reloj de este equipo y el de ${who ?? 'el servicio'} no coinciden.`,
    'service-down': (who) => `${who ?? 'El servicio'} tiene problemas en este momento.`,
    'service-answer-invalid': (who) => `${who ?? 'El servicio'} ha dado una respuesta que Conexor no entiende.`,
    'session-unknown': 'Esta conversación con Conexor ha terminado.',
    'keychain-locked': 'El llavero de este equipo está bloqueado.',
    'keychain-missing': 'Este equipo no tiene ningún llavero que Conexor pueda usar.',
    'keychain-failed': 'El llavero de este equipo no ha respondido.',
    'vault-damaged': (who) =>
      `No se ha podido leer el archivo en el que Conexor guarda tus inicios de sesión${withSubject(' (', who, ')')}.`,
    'vault-newer': (who) =>
      `El archivo en el que Conexor guarda tus inicios de sesión es de una versión más nueva de Conexor${withSubject(' (', who, ')')}.`,
    'vault-key-missing': 'Tus inicios de sesión guardados están protegidos con otra clave que no está aquí.',
    'key-file-invalid': (who) => `No se puede usar el archivo de clave${withSubject(' ', who)}.`,
    'data-folder-unusable': (who) => `Conexor no puede usar su carpeta${withSubject(' ', who)}.`,
    'file-not-writable': (who) =>
      `Conexor no ha podido guardar nada${withSubject(' en ', who)}. Lo que ya estaba guardado sigue ahí.`,
    'connection-unknown': (who) =>
      who ? `Conexor no tiene ningún servicio llamado ${who}.` : 'Todavía no hay ningún servicio conectado en Conexor.',
    'connection-ambiguous': (who) =>
      `Hay varios servicios conectados en Conexor y no se ha indicado ninguno${withSubject(': ', who)}.`,
    'connection-exists': (who) => `${who ?? 'Este servicio'} ya está conectado en Conexor.`,
    'account-unknown': (who) => `Conexor no tiene ahí ninguna cuenta${who ? ` ${who}` : ' con ese nombre'}.`,
    'account-ambiguous': (who) => `Hay varias cuentas que coinciden${withSubject(': ', who)}.`,
    'address-invalid': (who) => `${who ?? 'Esto'} no es una dirección que se pueda usar.`,
    'address-insecure': (who) =>
      `${who ?? 'Esta dirección'} no está protegida por el camino, así que no se envía nada.`,
    'input-invalid': (who) => (who ? `Conexor no puede usar ${who}.` : 'Conexor no puede usar lo que se ha indicado.'),
    'port-taken': (who) => `Otro programa está usando ${who ? `el puerto ${who}` : 'el puerto'}.`,
    'node-missing': 'Tus aplicaciones inician Conexor con Node.js, y en este equipo no hay uno lo bastante nuevo.',
    'broker-absent': 'Conexor no está en marcha.',
    'broker-unreachable': 'Conexor está en marcha, pero no responde.',
    'client-key-wrong': 'Conexor no conoce la clave que usa este programa.',
    'containers-off': 'Los programas en contenedores no pueden llegar a Conexor: está desactivado.',
    'program-policy': (who) => `Los ajustes de tu organización no permiten esto en ${who ?? 'ese programa'}.`,
    'program-running': (who) => `${who ?? 'El programa'} está abierto y, mientras lo esté, sobrescribe sus ajustes.`,
    'program-not-found': (who) => `No se ha encontrado ${who ?? 'este programa'} en este equipo.`,
    'program-command-failed': (who) => `${who ?? 'El programa'} no ha aceptado la entrada con su propio comando.`,
    'host-refused': 'Conexor solo responde a programas de este equipo.',
    'too-large': (who) => `Lo que se ha enviado${withSubject(' desde ', who)} es demasiado grande.`,
    internal: 'Algo ha fallado dentro de Conexor.',
  },
});
