/** Notifications: only what a person must act on or has just asked for, and never the only place that says it. */
import { section } from './section.ts';

export const noticeWords = section({
  en: {
    signInAgain: {
      title: (service: string) => `Sign in to ${service} again`,
      body: 'Your assistants cannot use it until you do.',
    },
    permissionNeeded: {
      title: (service: string) => `${service} needs a new permission`,
      body: 'An app tried something that your sign-in does not include.',
    },
    programAsks: {
      title: (program: string) => `${program} asks for access`,
      body: (service: string) => `It wants to use ${service}. Nothing is shared until you allow it.`,
    },
    /** Several at once. */
    programsAsk: {
      title: (programs: number) => `${programs} apps ask for access`,
      body: 'Nothing is shared with them until you allow it.',
    },
    /** What a program wants to do and may not by itself; its title is the question. */
    question: 'Nothing happens before you have answered in Conexor.',
    /** Questions, or questions and wishes for access, of one app or of several. */
    several: {
      title: (count: number) => `${count} questions wait for your answer`,
      body: 'Nothing happens before you have answered in Conexor.',
    },
    removedByService: {
      title: (service: string) => `${service} has ended your sign-in`,
      body: 'It was removed there. Sign in again if you want to go on using it.',
    },
    signedOut: {
      /** The service has said that the access is cancelled. */
      confirmed: {
        title: (account: string) => `Signed out of ${account}`,
        body: (service: string) => `${service} has confirmed that the access is cancelled.`,
      },
      /** Gone here; the service has not heard of it yet. */
      waiting: {
        title: (account: string) => `Signed out of ${account} here`,
        body: (service: string) => `${service} has not confirmed it yet. Conexor keeps trying to cancel it there.`,
      },
      refused: {
        title: (account: string) => `Signed out of ${account} here`,
        body: (service: string) => `${service} did not cancel the access. You can remove it on the service's own page.`,
      },
      /** The service offers no way to cancel. */
      noWay: {
        title: (account: string) => `Signed out of ${account} here`,
        body: (service: string) => `${service} has no way to cancel it from here. It is forgotten on this computer.`,
      },
      /** The answer to a renewal never came, and newer access with it. */
      mayLive: {
        title: (account: string) => `Signed out of ${account} here`,
        body: (service: string) =>
          `${service} may have issued newer access that never reached Conexor. You can remove it on the service's own page.`,
      },
    },
    signedOutOfEverything: {
      title: 'Signed out of everything',
      confirmed: 'Every service has confirmed it.',
      unconfirmed: (services: number) =>
        services === 1
          ? '1 service has not confirmed it. Open Conexor to see which.'
          : `${services} services have not confirmed it. Open Conexor to see which.`,
    },
    signedIn: {
      title: (service: string) => `Signed in to ${service}`,
      body: (account: string) => `As ${account}.`,
    },
    /** Once, when the window is closed for the first time. */
    stillRunning: {
      title: 'Conexor keeps running',
      body: 'Your assistants can still use your services. You find it beside the clock; Quit is in its menu.',
    },
    entryVanished: {
      title: (app: string) => `${app} has lost Conexor`,
      body: (app: string) =>
        `Its entry has vanished: from its next start on, ${app} cannot use your services. Put it back with one click.`,
    },
    failed: {
      title: 'That did not work',
    },
  },
  es: {
    signInAgain: {
      title: (service) => `Vuelve a iniciar sesión en ${service}`,
      body: 'Hasta entonces, tus asistentes no pueden usarlo.',
    },
    permissionNeeded: {
      title: (service) => `${service} necesita un permiso nuevo`,
      body: 'Una aplicación intentó algo que tu sesión no incluye.',
    },
    programAsks: {
      title: (program) => `${program} pide acceso`,
      body: (service) => `Quiere usar ${service}. No se comparte nada hasta que lo permitas.`,
    },
    programsAsk: {
      title: (programs) => `${programs} aplicaciones piden acceso`,
      body: 'No se comparte nada con ellas hasta que lo permitas.',
    },
    question: 'No pasa nada hasta que respondas en Conexor.',
    several: {
      title: (count) => `${count} preguntas esperan tu respuesta`,
      body: 'No pasa nada hasta que respondas en Conexor.',
    },
    removedByService: {
      title: (service) => `${service} ha terminado tu sesión`,
      body: 'Se retiró allí. Vuelve a iniciar sesión si quieres seguir usándolo.',
    },
    signedOut: {
      confirmed: {
        title: (account) => `Sesión cerrada: ${account}`,
        body: (service) => `${service} ha confirmado que el acceso está cancelado.`,
      },
      waiting: {
        title: (account) => `Sesión cerrada en este equipo: ${account}`,
        body: (service) => `${service} aún no lo ha confirmado. Conexor seguirá intentando cancelarla allí.`,
      },
      refused: {
        title: (account) => `Sesión cerrada en este equipo: ${account}`,
        body: (service) => `${service} no ha cancelado el acceso. Puedes retirarlo en la página del propio servicio.`,
      },
      noWay: {
        title: (account) => `Sesión cerrada en este equipo: ${account}`,
        body: (service) => `${service} no permite cancelarla desde aquí. Este equipo ya la ha olvidado.`,
      },
      mayLive: {
        title: (account) => `Sesión cerrada en este equipo: ${account}`,
        body: (service) =>
          `Puede que ${service} haya emitido un acceso más nuevo que no llegó a Conexor. Puedes retirarlo en la página del propio servicio.`,
      },
    },
    signedOutOfEverything: {
      title: 'Todas las sesiones cerradas',
      confirmed: 'Todos los servicios lo han confirmado.',
      unconfirmed: (services) =>
        services === 1
          ? '1 servicio no lo ha confirmado. Abre Conexor para ver cuál.'
          : `${services} servicios no lo han confirmado. Abre Conexor para ver cuáles.`,
    },
    signedIn: {
      title: (service) => `Sesión iniciada en ${service}`,
      body: (account) => `Como ${account}.`,
    },
    stillRunning: {
      title: 'Conexor sigue funcionando',
      body: 'Tus asistentes pueden seguir usando tus servicios. Lo encuentras junto al reloj; en su menú está Salir.',
    },
    entryVanished: {
      title: (app) => `${app} ha perdido Conexor`,
      body: (app) =>
        `Su entrada ha desaparecido: desde su próximo inicio, ${app} no podrá usar tus servicios. Vuelve a ponerla con un clic.`,
    },
    failed: {
      title: 'No ha funcionado',
    },
  },
});
