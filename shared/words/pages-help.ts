/** Help that works offline: short answers in everyday words; what only experts need stands under Details. */
import { section } from './section.ts';

export const helpWords = section({
  en: {
    title: 'Help',
    lead: 'Works without the internet.',
    details: 'Details',
    diagnostics: 'Something else? Make a report for somebody who helps you',
    copy: 'Copy',
    linkOpened: 'The page opened in your browser.',
    linkNotOpened: (address: string) => `The browser could not be opened. The page is ${address}`,
    links: {
      conexor: "Open Conexor's dashboard",
      'conexor-plans': "See your plan in Conexor's dashboard",
      claude: 'Get Claude for this computer',
    },
    nodeMissing:
      'Your apps start Conexor with Node.js, and this computer has none that is new enough. Install version 20 or newer from nodejs.org, then restart Conexor.',
    commandFor: (service: string) => `Command for ${service}`,
    settingsBlock: "The whole block for Claude's settings",
    copyBlock: 'Copy the block',
    noService: 'Add a service first; its command appears here.',
    topics: {
      what: {
        title: 'What Conexor does',
        text: [
          'You sign in to a service once, in your browser, at the service itself. Conexor keeps that sign-in on this computer and lets the assistants you choose use it.',
          'Your assistants never see your password or the sign-in itself. Each time one of them does something, Conexor adds what is needed, for that moment only.',
        ],
      },
      connect: {
        title: 'Connect an assistant',
        text: [
          'Open the settings of your assistant and add a connection, often called connector, tool or server. It asks for a command; you find it under Details.',
          'If you are not signed in, the assistant offers to bring you to the sign-in.',
        ],
        /** By what happens to new apps. */
        firstTime: {
          ask: 'The first time it uses a service, Conexor asks you.',
          allow: 'It is let in without a question; Apps shows it, and access is taken back there.',
        },
        details:
          'Give the assistant this command as it is. The name after --client is how the assistant appears under Apps; choose any.',
      },
      signedOut: {
        title: 'Why am I signed out?',
        text: [
          'Some services end a sign-in after a while, or when a password changes, or when somebody removes it there. Then the service stands at the top of the list with “Sign in again”.',
          'Your assistants are told in plain words, and nothing breaks: once you have signed in, they go on by themselves.',
        ],
      },
      takeBack: {
        title: 'Take access back',
        text: [
          'Pause keeps your sign-in, and apps lose access at once. Sign out forgets the sign-in here and asks the service to cancel it, where it can. Remove also forgets the service.',
          'Conexor says whether the service has confirmed it. If it cannot be reached, Conexor keeps trying, also after a restart, and shows that it is waiting.',
          'To take access from a single app, open Apps and choose Remove access.',
        ],
      },
      plan: {
        title: 'Plan limit reached',
        text: [
          'Your plan at the service allows a certain number of uses, and they are used up. Trying again does not help until the count starts anew.',
          "Whoever looks after your organisation's plan can enlarge it. Your sign-in is not affected.",
        ],
      },
      network: {
        title: 'Company network',
        text: [
          "Some companies look into the traffic of their computers. Then a service can only be reached when this computer trusts the company's certificate; your administrator knows how it is installed.",
          'If a network wants you to accept its terms first, as in hotels and trains, open any page in your browser, accept them, then press Try now.',
        ],
        details:
          "Conexor uses the system's list of trusted certificates and its proxy where it can. A Node.js host reads NODE_EXTRA_CA_CERTS and HTTPS_PROXY at its start.",
      },
      keychain: {
        title: 'The keychain',
        text: [
          'Your computer has a safe for passwords, called keychain, keyring or credential manager. Conexor keeps there the one key that opens the file with your sign-ins.',
          'If it is locked, press Unlock; your computer then asks for its password. If this computer has none, sign-ins last until Conexor stops, and Conexor says so.',
        ],
      },
      clock: {
        title: 'The clock',
        text: [
          "Sign-ins are valid for a certain time, so this computer's clock has to be right. A difference of minutes can already make a service refuse a fresh sign-in.",
          "Turn on the automatic time in your computer's settings, then sign in again.",
        ],
      },
      where: {
        title: 'Where things are kept',
        text: [
          'Everything stays on this computer, in one folder that only you can open. What must be secret lies there in a sealed file; its key is in the keychain.',
          'Nothing is sent to us. What your assistants ask and what services answer passes through and is not kept.',
        ],
        details: 'The folder:',
      },
    },
  },
  es: {
    title: 'Ayuda',
    lead: 'Funciona sin internet.',
    details: 'Detalles',
    diagnostics: '¿Otra cosa? Prepara un informe para quien te ayude',
    copy: 'Copiar',
    linkOpened: 'La página se ha abierto en tu navegador.',
    linkNotOpened: (address) => `No se ha podido abrir el navegador. La página es ${address}`,
    links: {
      conexor: 'Abrir el panel de Conexor',
      'conexor-plans': 'Ver tu plan en el panel de Conexor',
      claude: 'Conseguir Claude para este equipo',
    },
    nodeMissing:
      'Tus aplicaciones inician Conexor con Node.js, y en este equipo no hay uno lo bastante nuevo. Instala la versión 20 o posterior desde nodejs.org y reinicia Conexor.',
    commandFor: (service) => `Comando para ${service}`,
    settingsBlock: 'El bloque entero para los ajustes de Claude',
    copyBlock: 'Copiar el bloque',
    noService: 'Añade antes un servicio; su comando aparecerá aquí.',
    topics: {
      what: {
        title: 'Qué hace Conexor',
        text: [
          'Inicias sesión en un servicio una vez, en tu navegador y en el propio servicio. Conexor guarda esa sesión en este equipo y permite usarla a los asistentes que elijas.',
          'Tus asistentes nunca ven tu contraseña ni la sesión. Cada vez que uno hace algo, Conexor añade lo necesario, solo para ese momento.',
        ],
      },
      connect: {
        title: 'Conectar un asistente',
        text: [
          'Abre los ajustes de tu asistente y añade una conexión, que suele llamarse conector, herramienta o servidor. Te pedirá un comando; está en Detalles.',
          'Si no has iniciado sesión, el asistente te ofrecerá llevarte a ella.',
        ],
        firstTime: {
          ask: 'La primera vez que use un servicio, Conexor te preguntará.',
          allow: 'Entra sin preguntar; aparece en Aplicaciones, y allí se le retira el acceso.',
        },
        details:
          'Da este comando al asistente tal cual. El nombre que sigue a --client es como el asistente aparece en Aplicaciones; elige el que quieras.',
      },
      signedOut: {
        title: '¿Por qué se ha cerrado mi sesión?',
        text: [
          'Algunos servicios terminan una sesión pasado un tiempo, cuando cambia una contraseña o cuando alguien la retira allí. Entonces el servicio aparece al principio de la lista con «Vuelve a iniciar sesión».',
          'Tus asistentes lo saben con palabras claras y nada se rompe: en cuanto inicias sesión, siguen solos.',
        ],
      },
      takeBack: {
        title: 'Retirar el acceso',
        text: [
          'Pausar conserva tu sesión y las aplicaciones pierden el acceso al momento. Cerrar sesión la olvida aquí y pide al servicio que la cancele, si puede. Eliminar olvida además el servicio.',
          'Conexor te dice si el servicio lo ha confirmado. Si no responde, Conexor lo sigue intentando, también después de reiniciar, y muestra que está pendiente.',
          'Para retirar el acceso a una sola aplicación, abre Aplicaciones y elige Retirar acceso.',
        ],
      },
      plan: {
        title: 'Límite del plan alcanzado',
        text: [
          'Tu plan en el servicio permite cierto número de usos y ya se han gastado. Volver a intentarlo no sirve hasta que la cuenta empiece de nuevo.',
          'Quien lleve el plan de tu organización puede ampliarlo. A tu sesión no le afecta.',
        ],
      },
      network: {
        title: 'Red de empresa',
        text: [
          'Algunas empresas inspeccionan el tráfico de sus equipos. Entonces solo se llega a un servicio si este equipo confía en el certificado de la empresa; tu administrador sabe cómo se instala.',
          'Si una red quiere que aceptes antes sus condiciones, como en hoteles y trenes, abre cualquier página en tu navegador, acéptalas y pulsa Probar ahora.',
        ],
        details:
          'Conexor usa la lista de certificados de confianza del sistema y su proxy donde puede. Con Node.js se leen NODE_EXTRA_CA_CERTS y HTTPS_PROXY al empezar.',
      },
      keychain: {
        title: 'El llavero',
        text: [
          'Tu equipo tiene una caja fuerte para contraseñas, llamada llavero, anillo de claves o administrador de credenciales. Conexor guarda ahí la única clave que abre el archivo con tus sesiones.',
          'Si está bloqueado, pulsa Desbloquear; tu equipo te pedirá su contraseña. Si este equipo no tiene ninguno, las sesiones duran hasta que Conexor se cierra, y Conexor te lo dice.',
        ],
      },
      clock: {
        title: 'El reloj',
        text: [
          'Las sesiones valen durante cierto tiempo, así que el reloj de este equipo tiene que ir bien. Unos minutos de diferencia bastan para que un servicio rechace una sesión nueva.',
          'Activa la hora automática en los ajustes de tu equipo y vuelve a iniciar sesión.',
        ],
      },
      where: {
        title: 'Dónde se guardan las cosas',
        text: [
          'Todo queda en este equipo, en una carpeta que solo tú puedes abrir. Lo que debe ser secreto está ahí en un archivo sellado; su clave está en el llavero.',
          'No se nos envía nada. Lo que preguntan tus asistentes y lo que responden los servicios pasa de largo y no se guarda.',
        ],
        details: 'La carpeta:',
      },
    },
  },
});
