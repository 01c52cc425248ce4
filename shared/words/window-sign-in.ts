/** A sign-in as the window tells it: before the browser opens, while it waits, and how it ended. */
import { section } from './section.ts';
import { after } from './spanish.ts';

export const signInWords = section({
  en: {
    title: (service: string) => `Sign in to ${service}`,
    titleAnother: (service: string) => `Add an account of ${service}`,
    preparing: (service: string) => `Asking ${service} how to sign in…`,
    /** Rule 2 in one sentence: which host, what will be asked, that one comes back here. */
    asks: (page: string) =>
      `Your browser opens ${page}, which asks you to allow the following; then you come back here.`,
    asksPlain: (page: string) =>
      `Your browser opens ${page}, which asks you to allow Conexor to use your account; then you come back here.`,
    pageOf: (host: string) => `a page of ${host}`,
    /** In place of an address of this computer, which stands under Details. */
    practicePage: 'a practice page on this computer',
    host: 'Address of the page',
    another: 'Choose the other account there, or sign in with it.',
    permissions: 'What you will be asked to allow',
    morePermissions: (count: number) =>
      count === 1 ? 'and 1 more, named on that page' : `and ${count} more, named on that page`,
    continue: 'Continue in the browser',
    waiting: 'Waiting for you in the browser',
    waitingText: (host: string) => `Answer the page of ${host} there. Conexor goes on by itself.`,
    waitingPractice: 'Answer the practice page there. Conexor goes on by itself.',
    still: 'Still waiting. Nothing has been saved.',
    openAgain: 'Open the page again',
    openHere: 'Open the page here',
    copyLink: 'Copy link',
    linkCopied: 'Link copied',
    notOpened: 'The browser could not be opened',
    notOpenedNext: 'Copy the link and paste it into a browser on this computer. Conexor is waiting for you there.',
    hide: 'Go on in the background',
    done: {
      title: (service: string) => `Signed in to ${service}`,
      /** A second account beside the one in use. */
      titleAdded: 'Account added',
      as: (account: string) => `As ${account}.`,
      renewed: (account: string) => `As ${account}. The sign-in that was here has been renewed.`,
      added: (account: string, current: string) => `${account} was added. Apps go on with ${current}.`,
      use: (account: string) => `Use ${account} now`,
      may: 'What your assistants may do with it',
      next: 'What to do now',
      nextApp: (service: string) => `Connect your assistant to Conexor; then ask it something about ${service}.`,
      nextAsk: (service: string, program: string) => `Ask ${program} something about ${service}. It is ready.`,
      connectApp: 'How to connect an assistant',
    },
    open: {
      title: (service: string) => `${service} is ready`,
      text: 'It needs no sign-in. Assistants that are connected to Conexor can use it now.',
    },
    /** Rule 5: the two together are its sentence. */
    denied: { title: "You didn't allow access", text: 'Nothing changed. You can allow it another time.' },
    cancelled: {
      title: 'The sign-in was cancelled',
      text: 'Nothing changed. You can start it again whenever you like.',
    },
    timedOut: {
      title: 'The sign-in has stopped',
      text: 'Nobody answered for 10 minutes. Nothing has been saved.',
    },
    /** How it ended, in a list of services. */
    endedAt: (service: string, how: string) => `${service}: ${how}`,
    clientId: {
      label: 'Client ID',
      secret: 'Client secret, if there is one',
      go: 'Continue',
    },
  },
  es: {
    title: (service) => `Iniciar sesión ${after('en', service)}`,
    titleAnother: (service) => `Añadir una cuenta ${after('de', service)}`,
    preparing: (service) => `Preguntando ${after('a', service)} cómo se inicia sesión…`,
    asks: (page) => `Tu navegador abre ${page}, que te pide permitir lo siguiente; después vuelves aquí.`,
    asksPlain: (page) =>
      `Tu navegador abre ${page}, que te pide permitir que Conexor use tu cuenta; después vuelves aquí.`,
    pageOf: (host) => `una página de ${host}`,
    practicePage: 'una página de práctica en este equipo',
    host: 'Dirección de la página',
    another: 'Elige allí la otra cuenta o inicia sesión con ella.',
    permissions: 'Qué se te pedirá permitir',
    morePermissions: (count) =>
      count === 1 ? 'y 1 más, que se nombra en esa página' : `y ${count} más, que se nombran en esa página`,
    continue: 'Continuar en el navegador',
    waiting: 'Te esperamos en el navegador',
    waitingText: (host) => `Responde allí a la página de ${host}. Conexor continúa por sí solo.`,
    waitingPractice: 'Responde allí a la página de práctica. Conexor continúa por sí solo.',
    still: 'Seguimos esperando. No se ha guardado nada.',
    openAgain: 'Abrir la página otra vez',
    openHere: 'Abrir la página aquí',
    copyLink: 'Copiar enlace',
    linkCopied: 'Enlace copiado',
    notOpened: 'No se ha podido abrir el navegador',
    notOpenedNext: 'Copia el enlace y pégalo en un navegador de este equipo. Conexor te espera allí.',
    hide: 'Seguir en segundo plano',
    done: {
      title: (service) => `Sesión iniciada ${after('en', service)}`,
      titleAdded: 'Cuenta añadida',
      as: (account) => `Como ${account}.`,
      renewed: (account) => `Como ${account}. Se ha renovado la sesión que ya estaba aquí.`,
      added: (account, current) => `Se ha añadido ${account}. Las aplicaciones siguen con ${current}.`,
      use: (account) => `Usar ${account} ahora`,
      may: 'Qué pueden hacer con él tus asistentes',
      next: 'Qué hacer ahora',
      nextApp: (service) => `Conecta tu asistente a Conexor; después pregúntale algo ${after('sobre', service)}.`,
      nextAsk: (service, program) => `Pregunta a ${program} algo ${after('sobre', service)}. Todo está listo.`,
      connectApp: 'Cómo conectar un asistente',
    },
    open: {
      title: (service) => `${service} está listo`,
      text: 'No necesita iniciar sesión. Los asistentes conectados a Conexor ya pueden usarlo.',
    },
    denied: { title: 'No permitiste el acceso', text: 'Nada ha cambiado. Puedes permitirlo en otro momento.' },
    cancelled: {
      title: 'Se canceló el inicio de sesión',
      text: 'Nada ha cambiado. Puedes empezar de nuevo cuando quieras.',
    },
    timedOut: {
      title: 'El inicio de sesión se ha detenido',
      text: 'Nadie respondió durante 10 minutos. No se ha guardado nada.',
    },
    endedAt: (service, how) => `${service}: ${how}`,
    clientId: {
      label: 'ID de cliente',
      secret: 'Secreto de cliente, si lo hay',
      go: 'Continuar',
    },
  },
});
