/** The apps on this computer that use services through Conexor, and the person's leave for each. */
import { section } from './section.ts';
import { after } from './spanish.ts';

export const programWords = section({
  en: {
    title: 'Apps',
    lead: 'The assistants and programs on this computer that use your services through Conexor.',
    empty: {
      title: 'No app has come by yet',
      /** By what happens to new apps. */
      text: {
        ask: 'As soon as an assistant wants one of your services, it appears here and you decide whether it may use it.',
        allow: 'As soon as an assistant uses one of your services, it appears here, and you can take its access back.',
      },
      help: 'How an assistant is connected',
    },
    asking: {
      title: 'Waiting for your answer',
      asks: (program: string, service: string) => `${program} asks to use ${service}`,
      asAccount: (account: string) => `As ${account}`,
      nobody: 'You are not signed in there yet.',
      may: 'If you allow it, it can:',
      everything: 'Use everything this service offers',
      others: (permissions: number) =>
        permissions === 1
          ? "and 1 more, listed in the service's details"
          : `and ${permissions} more, listed in the service's details`,
      allow: 'Allow',
      refuse: 'Not now',
      ifNot: 'If not now, it gets nothing until you allow it on the Apps page.',
      allowed: (program: string, service: string) => `${program} may now use ${service}.`,
      refused: (program: string, service: string) =>
        `${program} gets nothing of ${service} until you allow it on the Apps page. Nothing was shared.`,
      otherPlace: (path: string) => `An app of this name came before from another place: ${path}.`,
    },
    /** Where a program lies, and who made it. */
    from: {
      path: (path: string) => `From ${path}.`,
      signed: (signer: string) => `Signed by ${signer}.`,
      unsigned: 'Nobody has signed it.',
      notTold: 'The system does not say who made it.',
      noFile: 'It is a program without a file of its own, so nobody can say where it comes from.',
      title: 'Where it comes from',
    },
    known: 'Apps that use your services',
    accountOf: (program: string, service: string) => `The account with which ${program} uses ${service}`,
    currentAccount: (account: string | undefined) =>
      account === undefined ? 'As the account in use' : `As the account in use (${account})`,
    always: (account: string) => `Always as ${account}`,
    accountChanged: (program: string) => `From its next request on, ${program} uses this account.`,
    uses: (program: string) => `Services of ${program}`,
    asAccount: (account: string) => `as ${account}`,
    lastUsed: (when: string) => `Last used ${when}`,
    neverUsed: 'Not used yet',
    refusedState: 'No access',
    keyState: 'Has a key of its own',
    allowAgain: 'Allow again',
    remove: 'Remove access…',
    removed: (program: string) => `${program} has no access any more.`,
    removeDialog: {
      title: (program: string) => `Remove the access of ${program}?`,
      stops: (program: string, services: string) => `${program} can no longer use ${services}, from this moment on.`,
      key: 'Its local key stops working.',
      untouched: 'Your sign-ins stay, and other apps are not affected. You can allow it again here.',
      remove: 'Remove access',
    },
    allowAll: {
      note: 'New apps are let in without asking.',
      change: 'Change this in Settings',
    },
  },
  es: {
    title: 'Aplicaciones',
    lead: 'Los asistentes y programas de este equipo que usan tus servicios a través de Conexor.',
    empty: {
      title: 'Aún no ha venido ninguna aplicación',
      text: {
        ask: 'En cuanto un asistente quiera uno de tus servicios, aparecerá aquí y tú decides si puede usarlo.',
        allow: 'En cuanto un asistente use uno de tus servicios, aparecerá aquí y podrás retirarle el acceso.',
      },
      help: 'Cómo se conecta un asistente',
    },
    asking: {
      title: 'Esperan tu respuesta',
      asks: (program, service) => `${program} pide usar ${service}`,
      asAccount: (account) => `Como ${account}`,
      nobody: 'Aún no has iniciado sesión ahí.',
      may: 'Si lo permites, podrá:',
      everything: 'Usar todo lo que ofrece este servicio',
      others: (permissions) =>
        permissions === 1
          ? 'y 1 cosa más, que está en los detalles del servicio'
          : `y ${permissions} cosas más, que están en los detalles del servicio`,
      allow: 'Permitir',
      refuse: 'Ahora no',
      ifNot: 'Si no es ahora, no recibe nada hasta que la permitas en la página Aplicaciones.',
      allowed: (program, service) => `${program} ya puede usar ${service}.`,
      refused: (program, service) =>
        `${program} no recibe nada ${after('de', service)} hasta que la permitas en la página Aplicaciones. No se ha compartido nada.`,
      otherPlace: (path) => `Antes vino de otro lugar una aplicación con este nombre: ${path}.`,
    },
    from: {
      path: (path) => `Desde ${path}.`,
      signed: (signer) => `Firmada por ${signer}.`,
      unsigned: 'No la ha firmado nadie.',
      notTold: 'El sistema no dice de quién es.',
      noFile: 'Es un programa sin archivo propio, así que nadie puede decir de dónde viene.',
      title: 'De dónde viene',
    },
    known: 'Aplicaciones que usan tus servicios',
    accountOf: (program, service) => `La cuenta con la que ${program} usa ${service}`,
    currentAccount: (account) => (account === undefined ? 'Con la cuenta en uso' : `Con la cuenta en uso (${account})`),
    always: (account) => `Siempre con ${account}`,
    accountChanged: (program) => `Desde su próxima petición, ${program} usa esta cuenta.`,
    uses: (program) => `Servicios de ${program}`,
    asAccount: (account) => `como ${account}`,
    lastUsed: (when) => `Último uso: ${when}`,
    neverUsed: 'Sin usar todavía',
    refusedState: 'Sin acceso',
    keyState: 'Tiene una clave propia',
    allowAgain: 'Permitir de nuevo',
    remove: 'Retirar acceso…',
    removed: (program) => `${program} ya no tiene acceso.`,
    removeDialog: {
      title: (program) => `¿Retirar el acceso de ${program}?`,
      stops: (program, services) => `Desde este momento, ${program} deja de poder usar ${services}.`,
      key: 'Su clave local deja de funcionar.',
      untouched: 'Tus sesiones se mantienen y a las demás aplicaciones no les afecta. Aquí puedes volver a permitirlo.',
      remove: 'Retirar acceso',
    },
    allowAll: {
      note: 'Las aplicaciones nuevas entran sin preguntar.',
      change: 'Cambiarlo en Ajustes',
    },
  },
});
