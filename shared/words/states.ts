/** The closed state set of services and accounts, and the one main action of each (PRODUCT: what the window shows). */
import { section } from './section.ts';

export const stateWords = section({
  en: {
    name: {
      connected: 'Connected',
      'signing-in': 'Signing in…',
      'sign-in-again': 'Sign in again',
      'permission-needed': 'Needs a new permission',
      paused: 'Paused',
      unreachable: (seconds: number) => `Can't reach (trying again in ${seconds} s)`,
      'plan-limit': 'Plan limit reached',
      'removed-by-service': 'Removed by the service',
      'keychain-locked': 'Keychain locked',
    },
    /** Where nobody has signed in yet. */
    notSignedIn: 'Not signed in',
    action: {
      details: 'Details',
      cancel: 'Cancel',
      'sign-in': 'Sign in again',
      allow: 'Allow it…',
      resume: 'Resume',
      retry: 'Try now',
      plan: 'What this means',
      unlock: 'Unlock',
    },
    firstSignIn: 'Sign in',
    allWorking: 'Everything is working.',
    problems: (services: number) =>
      services === 1 ? '1 service needs your attention.' : `${services} services need your attention.`,
    asking: (programs: number) => (programs === 1 ? '1 app asks for access.' : `${programs} apps ask for access.`),
    /** What programs want to do and may not by themselves. */
    questions: (questions: number) =>
      questions === 1 ? '1 question waits for your answer.' : `${questions} questions wait for your answer.`,
    expiry: {
      stays: 'Stays signed in',
      /** Where this computer has no keychain. */
      staysMemory: 'Stays signed in until Conexor stops',
      until: (day: string) => `Sign in again by ${day}`,
      ended: 'Sign-in has ended',
      unknown: 'Stays signed in until the service ends it',
    },
  },
  es: {
    name: {
      connected: 'Conectado',
      'signing-in': 'Iniciando sesión…',
      'sign-in-again': 'Vuelve a iniciar sesión',
      'permission-needed': 'Necesita un permiso nuevo',
      paused: 'En pausa',
      unreachable: (seconds: number) => `Sin conexión (nuevo intento en ${seconds} s)`,
      'plan-limit': 'Límite del plan alcanzado',
      'removed-by-service': 'Retirado por el servicio',
      'keychain-locked': 'Llavero bloqueado',
    },
    notSignedIn: 'Sin iniciar sesión',
    action: {
      details: 'Detalles',
      cancel: 'Cancelar',
      'sign-in': 'Volver a iniciar sesión',
      allow: 'Permitirlo…',
      resume: 'Reanudar',
      retry: 'Probar ahora',
      plan: 'Qué significa',
      unlock: 'Desbloquear',
    },
    firstSignIn: 'Iniciar sesión',
    allWorking: 'Todo funciona.',
    problems: (services: number) =>
      services === 1 ? '1 servicio necesita tu atención.' : `${services} servicios necesitan tu atención.`,
    asking: (programs: number) =>
      programs === 1 ? '1 aplicación pide acceso.' : `${programs} aplicaciones piden acceso.`,
    questions: (questions: number) =>
      questions === 1 ? '1 pregunta espera tu respuesta.' : `${questions} preguntas esperan tu respuesta.`,
    expiry: {
      stays: 'La sesión se mantiene abierta',
      staysMemory: 'La sesión se mantiene abierta hasta que Conexor se cierre',
      until: (day: string) => `Vuelve a iniciar sesión antes del ${day}`,
      ended: 'La sesión ha terminado',
      unknown: 'La sesión sigue abierta hasta que el servicio la cierre',
    },
  },
});
