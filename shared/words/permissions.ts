/** Scopes in people's words. A scope that is not here is shown under Details only, as the service spells it. */
import type { Language } from '../settings.ts';

const scopeWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'mcp:tools:read': { en: 'See which tools there are', es: 'Ver qué herramientas hay' },
  'mcp:tools:execute': {
    en: 'Use its tools: read and change your data',
    es: 'Usar sus herramientas: leer y cambiar tus datos',
  },
  'mcp:resources:read': { en: 'Read its guides', es: 'Leer sus guías' },
  'mcp:server:read': { en: 'See how the server is set up', es: 'Ver cómo está configurado el servidor' },
  'mcp:server:manage': {
    en: "Change the server's settings and its sign-in clients",
    es: 'Cambiar la configuración del servidor y sus clientes de inicio de sesión',
  },
  openid: { en: 'Know who you are', es: 'Saber quién eres' },
  profile: { en: 'See your name', es: 'Ver tu nombre' },
  email: { en: 'See your e-mail address', es: 'Ver tu dirección de correo' },
  offline_access: { en: 'Stay signed in', es: 'Mantener la sesión abierta' },
};

/** Undefined where nobody has words for it. Scopes come from servers: `constructor` is one too. */
export function permissionOf(scope: string, language: Language): string | undefined {
  return Object.hasOwn(scopeWords, scope) ? scopeWords[scope]?.[language] : undefined;
}

export interface Permissions {
  readonly known: readonly string[];
  /** How many more there are that only Details can show. */
  readonly others: number;
}

export function permissionsOf(scopes: readonly string[], language: Language): Permissions {
  const known = [...new Set(scopes.flatMap((scope) => permissionOf(scope, language) ?? []))];
  return { known, others: scopes.filter((scope) => permissionOf(scope, language) === undefined).length };
}
