/**
 * The ways into a service: what each one is, what a person gives for it, what is kept where; a code typed on another
 * device; and what can be done with the access afterwards. Labels of fields stand in faults as well.
 */
import type { WayInId } from '../ways-in.ts';
import { section } from './section.ts';
import { after } from './spanish.ts';

/** What nothing done here can end at the service; empty where that is nothing. */
const staysGood = {
  en: (wayIn: WayInId | undefined, service: string) => {
    switch (wayIn) {
      case 'access-token':
        return `The access key itself stays good at ${service} until it is deleted there.`;
      case 'api-key':
        return `The key itself stays good at ${service} until it is deleted there.`;
      case 'client-credentials':
        return `Client ID and secret stay good at ${service} until they are deleted there.`;
      default:
        return '';
    }
  },
  es: (wayIn: WayInId | undefined, service: string) => {
    switch (wayIn) {
      case 'access-token':
        return `La clave de acceso sigue siendo válida ${after('en', service)} hasta que se elimine allí.`;
      case 'api-key':
        return `La clave sigue siendo válida ${after('en', service)} hasta que se elimine allí.`;
      case 'client-credentials':
        return `El ID de cliente y el secreto siguen siendo válidos ${after('en', service)} hasta que se eliminen allí.`;
      default:
        return '';
    }
  },
};

export const waysInWords = section({
  en: {
    way: {
      'authorization-code': {
        name: 'In the browser',
        text: "You sign in on the service's own page. Conexor never sees your password.",
      },
      'device-code': {
        name: 'With a code on another device',
        text: "You type a short code on the service's page, on this computer or on your phone.",
      },
      'client-credentials': {
        name: 'As a program, with a client ID',
        text: 'For access that belongs to no single person: a client ID and a secret from the service.',
      },
      'password-login': {
        name: 'With e-mail and password',
        text: 'The service is given both once, and you stay signed in.',
      },
      'access-token': {
        name: 'With an access key',
        text: 'A long text that the people of the service have given you.',
      },
      'jwt-login': {
        name: 'With user name and password',
        text: 'Conexor asks the service for new access once a day.',
      },
      'api-key': {
        name: 'With an API key',
        text: 'A key from the settings or the dashboard of the service.',
      },
    },
    /** In an account's line. */
    via: {
      'authorization-code': 'Signed in through the browser',
      'device-code': 'Signed in with a code',
      'client-credentials': 'Signed in as a program',
      'password-login': 'Signed in with e-mail and password',
      'access-token': 'Signed in with an access key',
      'jwt-login': 'Signed in with user name and password',
      'api-key': 'Signed in with an API key',
    },
    field: {
      'client-id': { label: 'Client ID', hint: '' },
      'client-secret': { label: 'Client secret', hint: 'Services show it once, when the client is created.' },
      'private-key': { label: 'Private key', hint: 'In place of a secret, where the service wants one (PEM or JWK).' },
      email: { label: 'E-mail', hint: '' },
      username: { label: 'User name', hint: '' },
      password: { label: 'Password', hint: '' },
      'access-token': { label: 'Access key', hint: 'As you were given it; blanks around it do no harm.' },
      'api-key': { label: 'API key', hint: '' },
      'header-name': { label: 'Name of the header', hint: 'Only if the service wants another one than usual.' },
    },
    /** What stands in an empty field: how such a value looks. */
    looksLike: (example: string) => `Looks like ${example}`,
    missing: (label: string) => `Fill in this field: ${label}.`,
    /** Blanks or line ends inside, or signs that nobody can type. */
    notWhole: 'This has blanks or other signs inside that do not belong there. Copy it again.',
    notAHeader: 'Letters, digits and hyphens only.',
    show: (label: string) => `Show: ${label}`,
    keeps: {
      typed: 'What you enter is kept in the sealed file on this computer, because renewing needs it.',
      given: 'It is kept in the sealed file on this computer and sent to the service alone.',
      /** Without a keychain there is no file. */
      typedMemory: 'What you enter is kept only until Conexor stops; renewing needs it.',
      givenMemory: 'It is kept only until Conexor stops, and sent to the service alone.',
      answer: 'Only what the service answers is kept; your password is not.',
    },
    legacy: 'The service itself advises against this way for new users.',
    others: 'Other ways to sign in',
    choose: 'How you sign in',
    suggested: 'Suggested',
    /** What hardly anybody needs. */
    rare: 'Rarely needed',
    server: {
      title: 'Addresses of the sign-in',
      hint: 'Only if the service does not say itself where its sign-in is.',
      issuer: 'Address of the sign-in server (issuer)',
      token: 'Token endpoint',
      authorization: 'Authorization endpoint',
      revocation: 'Revocation endpoint',
    },
    staysGood: staysGood.en,
    /** What becomes at the service of the access that is forgotten here: no more than it can do. */
    afterSignOut: (wayIn: WayInId | undefined, service: string) => {
      switch (wayIn) {
        case 'access-token':
        case 'api-key':
          return staysGood.en(wayIn, service);
        case 'jwt-login':
          return `${service} has no way to cancel it: what it has given out ends there by itself.`;
        case 'client-credentials':
          return `${service} is asked to cancel the access, where it has a way. ${staysGood.en(wayIn, service)}`;
        default:
          return `${service} is asked to cancel it there, where it has a way.`;
      }
    },
    signIn: 'Sign in',
    trying: (service: string) => `Trying it at ${service}…`,

    device: {
      title: 'Type this code',
      text: 'Open this page in any browser, also on your phone, and type the code there. Conexor goes on by itself.',
      /** No other device can open a page of this one. */
      textHere: 'Open this page in a browser on this computer and type the code there. Conexor goes on by itself.',
      page: 'Page',
      code: 'Code',
      /** For screen readers, sign by sign. */
      said: (signs: string) => `The code is ${signs}.`,
      copy: 'Copy the code',
      copied: 'Code copied',
      open: 'Open in the browser',
      notOpened: 'The browser could not be opened. Type the address of the page into a browser.',
      qr: 'A picture that opens the page on a phone whose camera looks at it',
      qrHint: 'Or let your phone’s camera look at this.',
      left: (minutes: number) => (minutes === 1 ? 'Good for 1 more minute.' : `Good for ${minutes} more minutes.`),
      leftShort: 'Good for less than a minute.',
      /** In a row of the list. */
      waiting: (code: string, page: string) => `Type ${code} at ${page}`,
      show: 'Show the code',
      timedOut: 'Nobody typed the code in time. Nothing has been saved.',
    },

    cameBack: {
      link: 'The browser could not come back?',
      label: 'Address at which the browser ended',
      hint: 'Copy it from the top of the browser window, whatever the page there says.',
      enter: 'Paste the whole address.',
      go: 'Go on with it',
    },

    rename: {
      menu: 'Rename…',
      title: (account: string) => `Another name for ${account}`,
      label: 'Name',
      hint: 'Only Conexor uses it. Nothing changes at the service.',
      enter: 'Enter a name.',
      save: 'Rename',
      done: (name: string) => `It is called ${name} now.`,
      unnamed: (service: string) =>
        `${service} did not say whose access it is; you can give it a name of your own on the page of ${service}, with Rename.`,
    },

    remind: {
      title: (account: string, days: number) =>
        days === 1 ? `The access key of ${account} is 1 day old` : `The access key of ${account} is ${days} days old`,
      text: (service: string) => `${service} advises to exchange it from time to time. Ask there for a new one.`,
      action: 'Enter the new one',
    },

    bound: 'Bound to this computer: nobody else could use it',

    check: {
      menu: 'Check access',
      title: (account: string) => `The access of ${account}`,
      asking: (service: string) => `Asking ${service}…`,
      /** By whose word: the service was asked about the access, or it was simply used. */
      yes: {
        introspection: (service: string) => `${service} says that this access is good.`,
        call: (service: string) => `It works: ${service} has just answered with it.`,
      },
      no: {
        introspection: (service: string) => `${service} says that this access is not good any more.`,
        call: (service: string) => `${service} has just refused it.`,
      },
      unknown: (service: string) => `${service} gave no answer from which this could be told.`,
      forged: 'The signature of this access is not the one of the service. Sign in again.',
      signed: 'Its signature was checked with the keys that the service publishes.',
      until: (moment: string) => `It ends ${moment}; then Conexor renews it, or you sign in again.`,
      scopes: 'Scopes',
    },

    question: {
      title: 'Waiting for your answer',
      'sign-in': {
        asks: (program: string, service: string) => `${program} wants you to sign in to ${service}`,
        /** Rule 2, as before every page that opens. */
        text: (page: string) => `If you allow it, your browser opens ${page}; then you come back here.`,
        /** The page may lie at another host, which only the service itself tells. */
        page: (service: string, host: string) => `the sign-in page of ${service} (${host})`,
        asksFor: (program: string, service: string, account: string) =>
          `${program} wants you to sign in to ${service} again as ${account}`,
        asksAnother: (program: string, service: string) =>
          `${program} wants you to sign in to ${service} with another account`,
        address: (program: string, page: string) =>
          `If you allow it, ${program} gets the address of ${page}. Whoever signs in there is signed in here.`,
        code: (program: string, service: string) =>
          `If you allow it, ${program} gets a code from ${service} for you to type at its page. Whoever types it is signed in here.`,
        scopes: (permissions: string) => `Besides the usual it asks for: ${permissions}.`,
        registers: 'A service that does not know Conexor yet makes an entry for it.',
      },
      revoke: {
        asks: (program: string, service: string) => `${program} wants to sign you out of ${service}`,
        asksFor: (program: string, service: string, account: string) =>
          `${program} wants to sign ${account} out of ${service}`,
        text: 'If you allow it, every app loses this access.',
      },
      'register-client': {
        asks: (program: string, service: string) => `${program} wants to make Conexor known to ${service} as an app`,
        text: 'If you allow it, the service makes a new entry for Conexor, and a sign-in waits for you. Your sign-ins stay.',
      },
      'update-client': {
        asks: (program: string, service: string) => `${program} wants to send Conexor's entry at ${service} anew`,
        text: 'If you allow it, the service gets its entry for Conexor once more. Your sign-ins stay.',
      },
      allow: 'Allow',
      notNow: 'Not now',
      allowed: (program: string) => `${program} may do it, this once.`,
      /** An app waits for a while only. */
      /** The sign-in that it asked for waits for the person now. */
      allowedWaits: 'The sign-in waits for you.',
      allowedNext: 'If it has stopped waiting, nothing has been done yet: it has to ask once more.',
      refused: (program: string) => `${program} may not. Nothing changed.`,
    },

    registration: {
      name: 'Client ID',
      from: {
        preset: 'known to the service beforehand',
        given: 'entered by you',
        dynamic: 'made by the service for this computer',
      },
      at: 'Known at',
      delete: 'Delete this registration…',
      dialog: {
        title: (host: string) => `Delete Conexor's registration at ${host}?`,
        stops: 'The service forgets this client ID. Sign-ins that were made with it end.',
        /** Other services whose accounts signed in with it. */
        affects: (others: string) => `Also at ${others} everybody has to sign in again.`,
        affectsNobody: 'No other service was signed in to with it.',
        untouched: 'At the next sign-in the service makes a new one.',
        verb: 'Delete',
      },
      deleted: 'The service has deleted the registration.',
      gone: 'The service no longer lets Conexor change or delete this registration. Your sign-ins stay.',
      notManaged: 'The service does not let it be deleted from here. Nothing changed.',
    },

    local: {
      title: 'For assistants and scripts',
      assistants: (service: string) => `Assistants read and write at ${service} with two tools.`,
      text: (service: string) =>
        `For scripts: what is sent to this address goes to ${service} with your access added. The script needs no secret of ${service}.`,
      copy: 'Copy the address',
      example: 'Example',
      exampleText: 'The program needs a key of its own for this computer. This command shows one:',
      exampleCall: 'Then a call looks like this:',
      copyLine: 'Copy this line',
      /** In the place of the program's key. */
      key: 'KEY',
    },
    /** After signing in to a web API, besides what is said of assistants. */
    nextRestReady: (service: string, program: string) => `${program} can use ${service} now.`,
    nextRest: (service: string) => `A script uses the address on the page of ${service}.`,
    showAddress: 'Show the address',
  },
  es: {
    way: {
      'authorization-code': {
        name: 'En el navegador',
        text: 'Inicias sesión en la página del propio servicio. Conexor nunca ve tu contraseña.',
      },
      'device-code': {
        name: 'Con un código en otro dispositivo',
        text: 'Escribes un código corto en la página del servicio, en este equipo o en tu teléfono.',
      },
      'client-credentials': {
        name: 'Como programa, con un ID de cliente',
        text: 'Para un acceso que no es de una persona: un ID de cliente y un secreto del servicio.',
      },
      'password-login': {
        name: 'Con correo y contraseña',
        text: 'El servicio recibe los dos una vez, y la sesión se mantiene abierta.',
      },
      'access-token': {
        name: 'Con una clave de acceso',
        text: 'Un texto largo que te ha dado la gente del servicio.',
      },
      'jwt-login': {
        name: 'Con usuario y contraseña',
        text: 'Conexor pide al servicio un acceso nuevo una vez al día.',
      },
      'api-key': {
        name: 'Con una clave de API',
        text: 'Una clave de los ajustes o del panel del servicio.',
      },
    },
    via: {
      'authorization-code': 'Sesión iniciada en el navegador',
      'device-code': 'Sesión iniciada con un código',
      'client-credentials': 'Sesión iniciada como programa',
      'password-login': 'Sesión iniciada con correo y contraseña',
      'access-token': 'Sesión iniciada con una clave de acceso',
      'jwt-login': 'Sesión iniciada con usuario y contraseña',
      'api-key': 'Sesión iniciada con una clave de API',
    },
    field: {
      'client-id': { label: 'ID de cliente', hint: '' },
      'client-secret': {
        label: 'Secreto de cliente',
        hint: 'Los servicios lo muestran una sola vez, al crear el cliente.',
      },
      'private-key': {
        label: 'Clave privada',
        hint: 'En lugar de un secreto, si el servicio quiere una (PEM o JWK).',
      },
      email: { label: 'Correo electrónico', hint: '' },
      username: { label: 'Usuario', hint: '' },
      password: { label: 'Contraseña', hint: '' },
      'access-token': {
        label: 'Clave de acceso',
        hint: 'Tal como te la dieron; los espacios alrededor no importan.',
      },
      'api-key': { label: 'Clave de API', hint: '' },
      'header-name': {
        label: 'Nombre de la cabecera',
        hint: 'Solo si el servicio quiere una distinta de la habitual.',
      },
    },
    looksLike: (example) => `Tiene la forma ${example}`,
    missing: (label) => `Rellena este campo: ${label}.`,
    notWhole: 'Tiene dentro espacios u otros signos que no van ahí. Cópialo otra vez.',
    notAHeader: 'Solo letras, cifras y guiones.',
    show: (label) => `Mostrar: ${label}`,
    keeps: {
      typed:
        'Lo que escribes se guarda en el archivo sellado de este equipo, porque hace falta para renovar el acceso.',
      given: 'Se guarda en el archivo sellado de este equipo y solo se envía al servicio.',
      typedMemory: 'Lo que escribes se guarda solo hasta que Conexor se cierre; hace falta para renovar el acceso.',
      givenMemory: 'Se guarda solo hasta que Conexor se cierre y solo se envía al servicio.',
      answer: 'Solo se guarda lo que responde el servicio; tu contraseña, no.',
    },
    legacy: 'El propio servicio desaconseja esta forma a los usuarios nuevos.',
    others: 'Otras formas de iniciar sesión',
    choose: 'Cómo inicias sesión',
    suggested: 'Recomendada',
    rare: 'Casi nunca hace falta',
    server: {
      title: 'Direcciones del inicio de sesión',
      hint: 'Solo si el servicio no dice por sí mismo dónde se inicia sesión.',
      issuer: 'Dirección del servidor de inicio de sesión (issuer)',
      token: 'Punto de acceso de tokens',
      authorization: 'Punto de acceso de autorización',
      revocation: 'Punto de acceso de revocación',
    },
    staysGood: staysGood.es,
    afterSignOut: (wayIn, service) => {
      switch (wayIn) {
        case 'access-token':
        case 'api-key':
          return staysGood.es(wayIn, service);
        case 'jwt-login':
          return `Allí no se puede cancelar: lo que ha dado ${service} termina por sí solo.`;
        case 'client-credentials':
          return `Se pide ${after('a', service)} que cancele el acceso, si puede hacerlo. ${staysGood.es(wayIn, service)}`;
        default:
          return `Se pide ${after('a', service)} que lo cancele allí, si puede hacerlo.`;
      }
    },
    signIn: 'Iniciar sesión',
    trying: (service) => `Probándolo en ${service}…`,

    device: {
      title: 'Escribe este código',
      text: 'Abre esta página en cualquier navegador, también en tu teléfono, y escribe allí el código. Conexor continúa por sí solo.',
      textHere:
        'Abre esta página en un navegador de este equipo y escribe allí el código. Conexor continúa por sí solo.',
      page: 'Página',
      code: 'Código',
      said: (signs) => `El código es ${signs}.`,
      copy: 'Copiar el código',
      copied: 'Código copiado',
      open: 'Abrir en el navegador',
      notOpened: 'No se ha podido abrir el navegador. Escribe la dirección de la página en un navegador.',
      qr: 'Una imagen que abre la página en el teléfono cuya cámara la mire',
      qrHint: 'O enfoca esto con la cámara de tu teléfono.',
      left: (minutes) => (minutes === 1 ? 'Vale 1 minuto más.' : `Vale ${minutes} minutos más.`),
      leftShort: 'Vale menos de un minuto.',
      waiting: (code, page) => `Escribe ${code} en ${page}`,
      show: 'Mostrar el código',
      timedOut: 'Nadie escribió el código a tiempo. No se ha guardado nada.',
    },

    cameBack: {
      link: '¿El navegador no ha podido volver?',
      label: 'Dirección en la que terminó el navegador',
      hint: 'Cópiala de la parte de arriba del navegador, diga lo que diga la página.',
      enter: 'Pega la dirección entera.',
      go: 'Continuar con ella',
    },

    rename: {
      menu: 'Cambiar el nombre…',
      title: (account) => `Otro nombre para ${account}`,
      label: 'Nombre',
      hint: 'Solo lo usa Conexor. En el servicio no cambia nada.',
      enter: 'Escribe un nombre.',
      save: 'Cambiar el nombre',
      done: (name) => `Ahora se llama ${name}.`,
      unnamed: (service) =>
        `${service} no ha dicho de quién es el acceso; en su página puedes ponerle un nombre tuyo, con «Cambiar el nombre».`,
    },

    remind: {
      title: (account, days) =>
        days === 1
          ? `La clave de acceso de ${account} tiene 1 día`
          : `La clave de acceso de ${account} tiene ${days} días`,
      text: (service) => `${service} recomienda cambiarla de vez en cuando. Pide allí una nueva.`,
      action: 'Escribir la nueva',
    },

    bound: 'Ligado a este equipo: nadie más podría usarlo',

    check: {
      menu: 'Comprobar el acceso',
      title: (account) => `El acceso de ${account}`,
      asking: (service) => `Preguntando a ${service}…`,
      yes: {
        introspection: (service) => `${service} dice que este acceso es válido.`,
        call: (service) => `Funciona: ${service} acaba de responder con él.`,
      },
      no: {
        introspection: (service) => `${service} dice que este acceso ya no es válido.`,
        call: (service) => `${service} acaba de rechazarlo.`,
      },
      unknown: (service) => `${service} no ha dado una respuesta que permita saberlo.`,
      forged: 'La firma de este acceso no es la del servicio. Vuelve a iniciar sesión.',
      signed: 'Su firma se ha comprobado con las claves que publica el servicio.',
      until: (moment) => `Termina ${moment}; entonces Conexor lo renueva, o inicias sesión de nuevo.`,
      scopes: 'Scopes',
    },

    question: {
      title: 'Esperando tu respuesta',
      'sign-in': {
        asks: (program, service) => `${program} quiere que inicies sesión en ${service}`,
        text: (page) => `Si lo permites, tu navegador abre ${page}; después vuelves aquí.`,
        page: (service, host) => `la página de inicio de sesión de ${service} (${host})`,
        asksFor: (program, service, account) =>
          `${program} quiere que vuelvas a iniciar sesión en ${service} como ${account}`,
        asksAnother: (program, service) => `${program} quiere que inicies sesión en ${service} con otra cuenta`,
        address: (program, page) =>
          `Si lo permites, ${program} recibe la dirección de ${page}. Quien inicie sesión allí la tendrá iniciada aquí.`,
        code: (program, service) =>
          `Si lo permites, ${program} recibe de ${service} un código para que lo escribas en su página. Quien lo escriba tendrá la sesión iniciada aquí.`,
        scopes: (permissions) => `Además de lo habitual, pide: ${permissions}.`,
        registers: 'Un servicio que aún no conoce Conexor crea una entrada para él.',
      },
      revoke: {
        asks: (program, service) => `${program} quiere cerrar tu sesión en ${service}`,
        asksFor: (program, service, account) => `${program} quiere cerrar la sesión de ${account} en ${service}`,
        text: 'Si lo permites, todas las aplicaciones pierden este acceso.',
      },
      'register-client': {
        asks: (program, service) => `${program} quiere dar a conocer Conexor a ${service} como aplicación`,
        text: 'Si lo permites, el servicio crea una entrada nueva para Conexor y un inicio de sesión te espera. Tus sesiones se mantienen.',
      },
      'update-client': {
        asks: (program, service) => `${program} quiere enviar de nuevo la entrada de Conexor a ${service}`,
        text: 'Si lo permites, el servicio recibe otra vez su entrada para Conexor. Tus sesiones se mantienen.',
      },
      allow: 'Permitir',
      notNow: 'Ahora no',
      allowed: (program) => `${program} puede hacerlo, solo esta vez.`,
      allowedWaits: 'El inicio de sesión te espera.',
      allowedNext: 'Si ya no estaba esperando, todavía no se ha hecho nada: tiene que pedirlo otra vez.',
      refused: (program) => `${program} no puede hacerlo. Nada ha cambiado.`,
    },

    registration: {
      name: 'ID de cliente',
      from: {
        preset: 'conocido de antemano por el servicio',
        given: 'escrito por ti',
        dynamic: 'creado por el servicio para este equipo',
      },
      at: 'Conocido en',
      delete: 'Eliminar este registro…',
      dialog: {
        title: (host) => `¿Eliminar el registro de Conexor en ${host}?`,
        stops: 'El servicio olvida este ID de cliente. Las sesiones hechas con él terminan.',
        affects: (others) => `También en ${others} todos tienen que iniciar sesión de nuevo.`,
        affectsNobody: 'En ningún otro servicio se ha iniciado sesión con él.',
        untouched: 'En el próximo inicio de sesión el servicio crea uno nuevo.',
        verb: 'Eliminar',
      },
      deleted: 'El servicio ha eliminado el registro.',
      gone: 'El servicio ya no permite que Conexor cambie o elimine este registro. Tus sesiones siguen igual.',
      notManaged: 'El servicio no permite eliminarlo desde aquí. Nada ha cambiado.',
    },

    local: {
      title: 'Para asistentes y scripts',
      assistants: (service) => `Los asistentes leen y escriben ${after('en', service)} con dos herramientas.`,
      text: (service) =>
        `Para scripts: lo que se envía a esta dirección llega ${after('a', service)} con tu acceso añadido. El script no necesita ningún secreto de ${service}.`,
      copy: 'Copiar la dirección',
      example: 'Ejemplo',
      exampleText: 'El programa necesita una clave propia para este equipo. Este comando muestra una:',
      exampleCall: 'Después, una llamada es así:',
      copyLine: 'Copiar esta línea',
      key: 'CLAVE',
    },
    nextRestReady: (service, program) => `${program} ya puede usar ${service}.`,
    nextRest: (service) => `Un script usa la dirección que está en la página ${after('de', service)}.`,
    showAddress: 'Mostrar la dirección',
  },
});
