/** Taking over services that other apps reach without Conexor, with sign-ins that lie open in files. */
import { section } from './section.ts';

export const takeOverWords = section({
  en: {
    title: (apps: string, several: boolean) =>
      several ? `${apps} use services without Conexor` : `${apps} uses services without Conexor`,
    /** Nobody uses them any more, but they lie there. */
    titleFiles: 'Sign-ins lie open on this computer',
    /** After it, with nothing left to be taken over. */
    titleDone: 'Taken over by Conexor',
    hint: 'Another program signs in for them and leaves the sign-ins open in files. Conexor can do this for them, and keeps the sign-ins sealed.',
    /** Without a keychain. */
    hintMemory:
      'Another program signs in for them and leaves the sign-ins open in files. Conexor can do this for them and writes no sign-in into a file; because this computer has no keychain, you sign in again after each start of Conexor.',
    inApp: (app: string) => `in ${app}`,
    files: (signIns: number) =>
      signIns === 1
        ? '1 sign-in lies open in files that other programs of yours can read.'
        : `${signIns} sign-ins lie open in files that other programs of yours can read.`,
    button: 'Take over…',
    dialog: {
      title: 'Take these services over?',
      lead: 'Each step is done in this order; if one fails, the ones before it stay done.',
      connect: (service: string) =>
        `Conexor connects ${service}. If you are not signed in to it here yet, you do so next.`,
      memory:
        'This computer has no keychain: a sign-in that lasts is replaced by one that ends whenever Conexor stops. You would sign in again after each start.',
      replace: (name: string, app: string) =>
        `In ${app}, Conexor's entry takes the place of “${name}”. A copy of its settings is made first.`,
      cancel: (signIns: number) =>
        signIns === 1
          ? 'The sign-in that lies open is cancelled at its service, where that is possible.'
          : `The ${signIns} sign-ins that lie open are cancelled at their services, where that is possible.`,
      delete: 'Then their files are deleted here.',
      unreadable: (signIns: number) =>
        signIns === 1
          ? '1 sign-in is kept, because its file, or settings that may still use it, cannot be read.'
          : `${signIns} sign-ins are kept, because their files, or settings that may still use them, cannot be read.`,
      unknownWords: (words: string) => `These words of its command are left out: ${words}.`,
      hasSecret: 'It carries a secret of its own, which is kept sealed or not needed any more.',
      secretLeftOut: 'It carries a secret that cannot be taken along; you sign in to it in Conexor instead.',
      running: (apps: string) => `Close ${apps} first to take over what is open there now.`,
      rest: 'The rest can be done at once.',
      untouched: 'Everything else in the settings of your apps.',
      verb: 'Take over',
      details: 'Details',
      settingsFile: (app: string) => `Settings of ${app}`,
      openFiles: 'Files that are deleted',
    },
    working: 'Taking over. This can take a moment, because each service is asked…',
    result: {
      title: 'What has happened',
      replaced: (name: string, app: string) => `${name} in ${app} now goes through Conexor.`,
      removed: (name: string, app: string) =>
        `${name} was taken out of ${app}: the entry of Conexor that is there already does the same.`,
      failed: (name: string, app: string) => `${name} in ${app} was left as it is.`,
      copyAt: 'Copy of the settings as they were',
      signIn: (of: string | undefined) => (of === undefined ? 'A sign-in of unknown origin' : `Sign-in at ${of}`),
      /** What the service said, then whether it still lies here. */
      service: {
        cancelled: 'Cancelled at the service.',
        unreachable: 'The service could not be reached, so it may still accept it.',
        refused: 'The service did not cancel it, so it may still accept it. You can end it on the page of the service.',
        'no-way': 'The service has no way to cancel it from here, so it ends when it expires.',
        'not-asked': 'Nobody knows whose it is, so no service was asked.',
      },
      nothing: 'There was nothing in it that a service would accept.',
      stillAccepted: 'But the service still accepts it.',
      until: (hour: string) => `It can still be used until ${hour}.`,
      deleted: 'Deleted here.',
      kept: 'It still lies here.',
      deleteAnyway: (signIns: number) => (signIns === 1 ? 'Delete it here anyway' : 'Delete them here anyway'),
      deleteNote: 'Take over again later, and its service is asked once more; or delete it, and it is not cancelled.',
      copies: 'Where the copies are',
      next: (services: string) => `Sign in to ${services} now, so that your apps can go on.`,
      toServices: 'Go to services',
      restart: 'Start the apps anew, so that they take it up.',
    },
  },
  es: {
    title: (apps, several) => (several ? `${apps} usan servicios sin Conexor` : `${apps} usa servicios sin Conexor`),
    titleFiles: 'Hay sesiones sin proteger en este equipo',
    titleDone: 'Ya a cargo de Conexor',
    hint: 'Otro programa inicia sesión por ellas y deja las sesiones sin proteger en archivos. Conexor puede hacerlo, y guarda las sesiones selladas.',
    hintMemory:
      'Otro programa inicia sesión por ellas y deja las sesiones sin proteger en archivos. Conexor puede hacerlo sin escribir ninguna sesión en un archivo; como este equipo no tiene llavero, inicias sesión otra vez cada vez que Conexor se abre.',
    inApp: (app) => `en ${app}`,
    files: (signIns) =>
      signIns === 1
        ? 'Hay 1 sesión sin proteger en archivos que otros programas tuyos pueden leer.'
        : `Hay ${signIns} sesiones sin proteger en archivos que otros programas tuyos pueden leer.`,
    button: 'Hacerse cargo…',
    dialog: {
      title: '¿Hacerse cargo de estos servicios?',
      lead: 'Los pasos se hacen en este orden; si uno falla, los anteriores se quedan hechos.',
      connect: (service) => `Conexor conecta ${service}. Si aún no has iniciado sesión en él aquí, lo haces después.`,
      memory:
        'Este equipo no tiene llavero: una sesión que dura se cambia por una que termina cada vez que Conexor se detiene. Iniciarías sesión otra vez cada vez que se abre.',
      replace: (name, app) =>
        `En ${app}, la entrada de Conexor ocupa el lugar de «${name}». Antes se hace una copia de sus ajustes.`,
      cancel: (signIns) =>
        signIns === 1
          ? 'La sesión sin proteger se cancela en su servicio, donde es posible.'
          : `Las ${signIns} sesiones sin proteger se cancelan en sus servicios, donde es posible.`,
      delete: 'Después se eliminan aquí sus archivos.',
      unreadable: (signIns) =>
        signIns === 1
          ? 'Se conserva 1 sesión, porque no se puede leer su archivo, o unos ajustes que quizá aún la usan.'
          : `Se conservan ${signIns} sesiones, porque no se pueden leer sus archivos, o unos ajustes que quizá aún las usan.`,
      unknownWords: (words) => `Estas palabras de su comando se omiten: ${words}.`,
      hasSecret: 'Lleva un secreto propio, que se guarda sellado o ya no hace falta.',
      secretLeftOut: 'Lleva un secreto que no se puede traer; en su lugar inicias sesión en Conexor.',
      running: (apps) => `Cierra antes ${apps} para hacerte cargo de lo que está abierto ahí.`,
      rest: 'El resto se puede hacer ya.',
      untouched: 'Todo lo demás en los ajustes de tus aplicaciones.',
      verb: 'Hacerse cargo',
      details: 'Detalles',
      settingsFile: (app) => `Ajustes de ${app}`,
      openFiles: 'Archivos que se eliminan',
    },
    working: 'En ello. Puede tardar un momento, porque se pregunta a cada servicio…',
    result: {
      title: 'Qué ha pasado',
      replaced: (name, app) => `${name} en ${app} pasa ahora por Conexor.`,
      removed: (name, app) => `${name} se ha quitado de ${app}: la entrada de Conexor que ya está ahí hace lo mismo.`,
      failed: (name, app) => `${name} en ${app} se ha dejado como está.`,
      copyAt: 'Copia de los ajustes como estaban',
      signIn: (of) => (of === undefined ? 'Una sesión de origen desconocido' : `Sesión en ${of}`),
      service: {
        cancelled: 'Cancelada en el servicio.',
        unreachable: 'No se ha podido llegar al servicio, así que quizá aún la acepte.',
        refused:
          'El servicio no la ha cancelado, así que quizá aún la acepte. Puedes terminarla en la página del propio servicio.',
        'no-way': 'El servicio no permite cancelarla desde aquí, así que termina cuando caduca.',
        'not-asked': 'Nadie sabe de quién es, así que no se ha preguntado a ningún servicio.',
      },
      nothing: 'No había en ella nada que un servicio aceptara.',
      stillAccepted: 'Pero el servicio todavía la acepta.',
      until: (hour) => `Aún se puede usar hasta las ${hour}.`,
      deleted: 'Eliminada aquí.',
      kept: 'Sigue aquí.',
      deleteAnyway: (signIns) => (signIns === 1 ? 'Eliminarla aquí igualmente' : 'Eliminarlas aquí igualmente'),
      deleteNote:
        'Si lo intentas más tarde, se pregunta otra vez a su servicio; si la eliminas, se queda sin cancelar.',
      copies: 'Dónde están las copias',
      next: (services) => `Inicia sesión ahora en ${services} para que tus aplicaciones puedan seguir.`,
      toServices: 'Ir a los servicios',
      restart: 'Vuelve a abrir las aplicaciones para que lo tomen.',
    },
  },
});
