/** The first-run pages: what Conexor is, which service, what to do now. */
import { section } from './section.ts';
import { after } from './spanish.ts';

export const firstRunWords = section({
  en: {
    step: (step: number, all: number) => `Step ${step} of ${all}`,
    skip: 'Skip for now',
    back: 'Back',
    welcome: {
      title: 'Let your assistants work with your services',
      first: 'Sign in once, and the assistants on this computer can use the services you choose.',
      second: 'Your sign-in stays on this computer, sealed, and you can take it back at any time.',
      secondMemory:
        'This computer has no keychain, so your sign-in lasts until Conexor stops. You can take it back before.',
      conexor: 'Sign in to Conexor',
      other: 'Another service',
      practice: 'Try the practice service',
      practiceNote: 'No account needed',
    },
    server: {
      title: 'Which server is yours?',
      lead: 'Type your organisation and server as the Conexor dashboard shows them under Servers. Someone told you to connect? Ask them for these two names.',
      pasteTitle: 'Paste from your dashboard',
      pasteLead: 'An address, or the whole block for Claude, Cursor or VS Code.',
      pasteInstead: 'Paste from your dashboard instead',
      typeInstead: 'Enter the two names instead',
    },
    other: {
      title: 'Which service?',
      lead: 'Type its name, or paste what its help page or your colleague gave you.',
      all: 'Choose from all services',
    },
    ready: {
      title: 'Ready',
      signedIn: (service: string, account: string) => `You are signed in to ${service} as ${account}.`,
      open: (service: string) => `${service} is ready. It needs no sign-in.`,
      next: 'Now use it from your assistant',
      connect: 'Connect your assistant, such as Claude, Cursor or VS Code.',
      connectHow: 'Connect your assistant',
      add: (app: string) => `Add Conexor to ${app}.`,
      connected: (app: string) => `${app} is connected.`,
      otherApp: 'Another app',
      askIt: 'Ask it something that your service knows, for example: “Which orders came in this week?”',
      /** By what happens to new apps. */
      firstTime: {
        ask: 'The first time, Conexor asks you whether that assistant may use the service.',
        allow: 'You see under Apps which assistants use the service, and can take their access back there.',
      },
      done: 'Go to my services',
    },
  },
  es: {
    step: (step, all) => `Paso ${step} de ${all}`,
    skip: 'Ahora no',
    back: 'Atrás',
    welcome: {
      title: 'Tus asistentes, con tus servicios',
      first: 'Inicia sesión una vez y los asistentes de este equipo podrán usar los servicios que elijas.',
      second: 'Tu sesión se guarda sellada en este equipo y puedes retirarla cuando quieras.',
      secondMemory:
        'Este equipo no tiene llavero, así que tu sesión dura hasta que Conexor se detenga. Puedes retirarla antes.',
      conexor: 'Iniciar sesión en Conexor',
      other: 'Otro servicio',
      practice: 'Probar el servicio de práctica',
      practiceNote: 'Sin necesidad de cuenta',
    },
    server: {
      title: '¿Cuál es tu servidor?',
      lead: 'Escribe tu organización y tu servidor como los muestra el panel de Conexor en «Servers». ¿Alguien te pidió que lo conectaras? Pregúntale por estos dos nombres.',
      pasteTitle: 'Pegar desde tu panel',
      pasteLead: 'Una dirección, o el bloque entero para Claude, Cursor o VS Code.',
      pasteInstead: 'Mejor pegarlo desde tu panel',
      typeInstead: 'Mejor escribir los dos nombres',
    },
    other: {
      title: '¿Qué servicio?',
      lead: 'Escribe su nombre, o pega lo que te dio su página de ayuda o un compañero.',
      all: 'Elegir entre todos los servicios',
    },
    ready: {
      title: 'Todo listo',
      signedIn: (service, account) => `Has iniciado sesión ${after('en', service)} como ${account}.`,
      open: (service) => `${service} está listo. No necesita iniciar sesión.`,
      next: 'Ahora úsalo desde tu asistente',
      connect: 'Conecta tu asistente, por ejemplo Claude, Cursor o VS Code.',
      connectHow: 'Conectar tu asistente',
      add: (app) => `Añade Conexor a ${app}.`,
      connected: (app) => `${app} está conectada.`,
      otherApp: 'Otra aplicación',
      askIt: 'Pregúntale algo que tu servicio sepa, por ejemplo: «¿Qué pedidos han llegado esta semana?»',
      firstTime: {
        ask: 'La primera vez, Conexor te pregunta si ese asistente puede usar el servicio.',
        allow: 'En Aplicaciones ves qué asistentes usan el servicio, y allí puedes retirarles el acceso.',
      },
      done: 'Ver mis servicios',
    },
  },
});
