/** What a person may send to somebody who helps, after reading it. */
import { section } from './section.ts';

export const diagnosticsWords = section({
  en: {
    title: 'Diagnostics',
    lead: 'For somebody who helps you. Nothing is sent: you read it, take out what you like, and copy it.',
    inIt: 'What is in it',
    inItList: [
      'The version of Conexor and the kind of system',
      'The state of each service and of the keychain',
      'The latest things that went wrong',
    ],
    notInIt: 'What is not in it',
    notInItList: [
      'Passwords, sign-ins and keys',
      'Names of your accounts',
      'What your assistants asked, and the answers',
    ],
    text: 'The text to copy',
    textNote: 'You can change it and delete lines.',
    collecting: 'Collecting…',
    again: 'Collect again',
    copy: 'Copy',
  },
  es: {
    title: 'Diagnóstico',
    lead: 'Para quien te ayude. No se envía nada: lo lees, quitas lo que quieras y lo copias.',
    inIt: 'Qué contiene',
    inItList: [
      'La versión de Conexor y el tipo de sistema',
      'El estado de cada servicio y del llavero',
      'Lo último que ha fallado',
    ],
    notInIt: 'Qué no contiene',
    notInItList: [
      'Contraseñas, sesiones ni claves',
      'Nombres de tus cuentas',
      'Lo que preguntaron tus asistentes ni las respuestas',
    ],
    text: 'El texto para copiar',
    textNote: 'Puedes cambiarlo y borrar líneas.',
    collecting: 'Reuniendo datos…',
    again: 'Reunir de nuevo',
    copy: 'Copiar',
  },
});
