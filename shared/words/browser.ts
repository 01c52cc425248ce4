/** The pages that the browser shows when it comes back from a sign-in (rules 4 and 5 of the face). */
import { section } from './section.ts';

export const browserWords = section({
  en: {
    /** Only after a first call with the new sign-in was answered. */
    signedIn: {
      title: (account: string) => `Signed in as ${account}`,
      worked: (service: string) => `You are signed in to ${service}. We tried it: it works.`,
      /** A first call was answered, but not as one that works. */
      taken: (service: string) => `You are signed in to ${service}.`,
      anotherInUse: 'Another account is in use. You can switch to this one in Conexor.',
      close: 'You can close this tab now.',
      permissions: 'What your assistants may do with it',
    },
    denied: {
      title: "You didn't allow access",
      sentences: ['Nothing changed.', 'To try again, start the sign-in once more in Conexor.'],
    },
    /** Cancelled or timed out before the browser came back. */
    ended: { title: 'Nothing changed', sentences: ['This sign-in had ended already. Nothing was saved.'] },
    failedTitle: 'The sign-in did not work',
    alreadyUsed: {
      title: 'This page was already used',
      sentences: ['The sign-in that belongs to it has its answer. You can close this tab.'],
    },
    /** Somebody else's request to our address. */
    notOurs: {
      title: 'Nothing happened here',
      sentences: [
        'This address did not come from the sign-in that is waiting, so it was left alone.',
        'Nothing changed. You can close this tab.',
      ],
    },
    stopped: {
      title: 'The sign-in was stopped',
      sentences: ['Go back to Conexor Desktop to see how things stand, or to begin again. You can close this tab.'],
    },
    broken: {
      title: 'The sign-in did not work',
      sentences: ['Something went wrong in Conexor Desktop.', 'Go back to it and begin the sign-in again.'],
    },
  },
  es: {
    signedIn: {
      title: (account: string) => `Sesión iniciada como ${account}`,
      worked: (service) => `Has iniciado sesión en ${service}. Lo hemos probado: funciona.`,
      taken: (service) => `Has iniciado sesión en ${service}.`,
      anotherInUse: 'Se está usando otra cuenta. Puedes cambiar a esta en Conexor.',
      close: 'Ya puedes cerrar esta pestaña.',
      permissions: 'Qué pueden hacer con él tus asistentes',
    },
    denied: {
      title: 'No has permitido el acceso',
      sentences: ['No ha cambiado nada.', 'Para volver a intentarlo, inicia sesión de nuevo en Conexor.'],
    },
    ended: {
      title: 'No ha cambiado nada',
      sentences: ['Este inicio de sesión ya había terminado. No se ha guardado nada.'],
    },
    failedTitle: 'El inicio de sesión no ha funcionado',
    alreadyUsed: {
      title: 'Esta página ya se ha usado',
      sentences: ['El inicio de sesión al que pertenece ya tiene su respuesta. Puedes cerrar esta pestaña.'],
    },
    notOurs: {
      title: 'Aquí no ha pasado nada',
      sentences: [
        'Esta dirección no viene del inicio de sesión que está en espera, así que no se ha hecho nada con ella.',
        'No ha cambiado nada. Puedes cerrar esta pestaña.',
      ],
    },
    stopped: {
      title: 'Se ha detenido el inicio de sesión',
      sentences: [
        'Vuelve a Conexor Desktop para ver cómo está todo o para empezar de nuevo. Puedes cerrar esta pestaña.',
      ],
    },
    broken: {
      title: 'El inicio de sesión no ha funcionado',
      sentences: ['Algo ha fallado en Conexor Desktop.', 'Vuelve a la aplicación y empieza de nuevo.'],
    },
  },
});
