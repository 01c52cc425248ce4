/** Conexor's entry in other apps: how it gets there, whether it works there, and how it is taken out again. */
import { section } from './section.ts';

export const clientWords = section({
  en: {
    title: 'Add Conexor to your apps',
    hint: 'Conexor puts one entry of its own into the app you choose. Your sign-ins stay with Conexor.',
    none: 'No app was found on this computer to which Conexor can add itself.',
    others: 'Other apps',
    notFound: (apps: string) => `Not found on this computer: ${apps}.`,
    lookAgain: 'Look again',
    looking: 'Looking for your apps…',
    more: (app: string) => `More about ${app}`,
    lastStarted: (when: string) => `Last started Conexor ${when}`,
    /** The state of an app, beside its name. */
    state: {
      'not-added': 'Not added yet',
      added: 'Not proven yet',
      connected: 'Connected',
      missing: 'Entry has vanished',
      unusable: 'Needs a look',
      'not-found': 'Not found',
    },
    action: {
      add: (app: string) => `Add to ${app}…`,
      back: 'Put it back…',
      finish: 'Finish…',
      allow: 'Allow…',
      explain: 'What to do…',
      remove: (app: string) => `Remove from ${app}…`,
      copy: 'Address and key…',
      undo: 'Undo the last change…',
      extension: 'Install as an extension…',
      actionOf: (action: string, app: string) => `${action} ${app}`,
    },
    /** What holds at present, and what to do next. */
    verdict: {
      connected: {
        title: (app: string) => `${app} is connected`,
        text: (app: string) => `${app} has started Conexor and sees your tools.`,
      },
      /** Of one that has address and key, and starts nothing. */
      key: {
        used: (app: string) => `${app} has used your services with its key.`,
        unused: (app: string) => `${app} has a key; not used yet`,
        paste: (app: string) =>
          `Paste address and key into the MCP Client node of ${app}: Endpoint, and Bearer Auth. Conexor sees when it is used.`,
        line: 'Has a key; not used yet.',
      },
      'not-added': {
        title: (app: string) => `Conexor is not in ${app} yet`,
        text: (app: string) => `Add it, and ${app} can use your services.`,
      },
      start: {
        title: {
          restart: (app: string) => `Added. Open ${app} now.`,
          'new-session': (app: string) => `Added. Start a new session in ${app} now.`,
          'start-server': (app: string) => `Added. Start Conexor in ${app} now.`,
          'by-itself': (app: string) => `Added. Open ${app} now.`,
        },
        text: {
          restart: (app: string) => `Conexor sees by itself when ${app} has found it.`,
          'new-session': (app: string) => `${app} looks for it at the start of a session. Conexor sees it by itself.`,
          'start-server': (app: string) =>
            `Open the list of tools in ${app} and press Start beside “conexor”. It may ask whether you trust it.`,
          'by-itself': (app: string) => `${app} takes it up by itself, and Conexor sees when it does.`,
        },
      },
      restart: {
        title: (app: string) => `Added. Start ${app} anew.`,
        text: (app: string) =>
          `${app} has been open since before. Quit it completely, also beside the clock, then open it again.`,
      },
      'entry-missing': {
        title: (app: string) => `Conexor's entry has vanished from ${app}`,
        text: (app: string) => `${app} or something else has written its settings anew, without it.`,
      },
      'file-unusable': {
        title: (app: string) => `The settings of ${app} were left as they are`,
        text: 'Conexor changes nothing that it cannot read safely.',
      },
      'relay-gone': {
        title: (app: string) => `${app} can no longer start Conexor`,
        text: 'Conexor has moved since it was added. Put its entry back, and it points to the right place.',
      },
      'started-by-other': {
        title: (app: string) => `${app} itself has not started Conexor yet`,
        text: (app: string) => `Another program used its entry. Open ${app}, and Conexor looks again.`,
      },
      'no-tools': {
        title: (app: string) => `${app} has started Conexor, but has not looked at your tools`,
        text: (app: string) => `Begin a new chat in ${app}. If nothing changes, quit it and open it again.`,
      },
      'waiting-for-leave': {
        title: (app: string) => `${app} waits for your answer`,
        text: 'It gets nothing until you allow it.',
      },
      refused: {
        title: (app: string) => `You have not allowed ${app}`,
        text: 'It is added, and gets nothing. Allow it if you want to use your services there.',
      },
      'not-found': {
        title: (app: string) => `${app} was not found on this computer`,
        text: 'Install it first, then look again.',
      },
    },
    allowAgain: 'Allow again',
    allowed: (app: string) => `${app} may use your services.`,
    watching: (app: string) => `Waiting for ${app}…`,
    openNote: 'Conexor never closes another app by itself.',
    sheet: {
      title: {
        add: (app: string) => `Add Conexor to ${app}`,
        back: (app: string) => `Put Conexor back into ${app}`,
        remove: (app: string) => `Remove Conexor from ${app}?`,
        undo: (app: string) => `Undo the last change in ${app}?`,
      },
      verb: {
        add: (app: string) => `Add to ${app}`,
        back: 'Put it back',
        remove: 'Remove',
        undo: 'Undo the change',
      },
      /** One sentence: what happens. */
      what: {
        file: (app: string) => `Conexor adds its own entry to ${app}'s settings. No other line in them changes.`,
        bundle: (app: string) => `${app} shows a window in which you install Conexor as an extension.`,
        link: (app: string) => `Conexor asks ${app} to add it. ${app} opens and asks you first.`,
        command: (app: string) => `Conexor asks ${app} to add it; ${app} writes its own settings.`,
        copy: (app: string) => `${app} gets an address and a key of its own, which you paste there.`,
      },
      back: (app: string) => `Conexor adds its entry to ${app}'s settings again. No other line in them changes.`,
      /** Adding is the person's yes. */
      leave: (app: string) =>
        `From then on ${app} may use the services that are connected now; what you have not allowed it stays closed to it.`,
      leaveEach: (app: string) =>
        `From then on ${app} may use the services that you choose; what you have not allowed it stays closed to it.`,
      restores: 'Put it back by itself from now on',
      restoresHint: 'Only Conexor’s own entry, and only while the app is closed.',
      restoresOn: 'From now on it is put back by itself.',
      restoresOff: 'From now on you are asked first.',
      key: {
        show: 'Show address and key',
        address: 'Address',
        key: 'Key',
        once: 'The key is shown this once. Close this, and you can have a new one, but not see this one again.',
        copyAddress: 'Copy address',
        copyKey: 'Copy key',
        where: (app: string) => `Where this goes in ${app}`,
        hint: (app: string) =>
          `In ${app}, add an MCP Client Tool: paste the address as Endpoint, choose HTTP Streamable, then Bearer Auth with the key.`,
        docker: (app: string) =>
          `If ${app} runs in Docker, this computer has another name in there: use host.docker.internal in place of 127.0.0.1, and allow containers in Settings.`,
      },
      asked: {
        link: (app: string) => `${app} asks you now. Say yes there.`,
        command: (app: string) => `${app} has been asked, and has written it down.`,
        linkNot: (app: string) =>
          `${app} could not be opened. Copy the link, and open it in the browser of this computer.`,
        commandNot: (app: string) => `${app} could not be asked. Copy this line, and run it in a terminal.`,
        copyLink: 'Copy link',
        copyCommand: 'Copy line',
        toFile: 'Add it to the settings instead',
      },
      extension: {
        title: (app: string) => `Install the extension in ${app}`,
        opened: (app: string) => `${app} was asked to open it. Did a window titled “Install extension” appear?`,
        notOpened: (app: string) => `It could not be opened by itself. ${app} installs it like this:`,
        steps: [
          'Open its settings, then Extensions.',
          'Drag the file from its folder into that page.',
          'Press Install, then turn Conexor on.',
        ],
        yes: 'If so, press Install there. If not, do it by hand:',
        file: 'The file',
        showFile: 'Show in folder',
        notShown: 'The folder could not be shown. Copy where the file is, and open it yourself.',
        instead: 'Does it not work? Install Conexor as an extension instead.',
        use: 'Install as an extension',
      },
      closeFirst: {
        title: (app: string) => `Close ${app} first`,
        text: (app: string) =>
          `While it is open, ${app} would write over the change. Quit it completely; Conexor then goes on by itself.`,
        how: {
          linux: (app: string) =>
            `Closing its window is not always enough: if its icon stands in the panel, right-click it and quit ${app} there.`,
          mac: (app: string) => `Closing its window is not enough: choose Quit ${app} from its menu, or press Cmd+Q.`,
          windows: (app: string) =>
            `Closing its window is not enough: right-click its icon beside the clock and quit ${app} there.`,
        },
        isClosed: 'It is closed now',
      },
      changedSince: 'The file has changed since you looked. This is what would be changed now:',
      details: 'Details',
      broken: {
        file: (file: string) => `It is the file ${file}. Nothing in it was changed.`,
        copyEntry: 'Copy the entry',
        whole: 'Where the file is',
      },
      exact: 'Exactly this changes',
      file: 'File',
      fileWill: {
        create: 'The file is made new, with these lines.',
        change: 'These lines change:',
        delete: 'The file held nothing but Conexor’s entry, and is deleted.',
        nothing: 'Nothing changes here.',
      },
      copy: 'A copy of the file is made beside it first.',
      masked: 'Values that are not Conexor’s are not shown: … stands for them.',
      added: 'added',
      removed: 'removed',
      line: (line: number) => `Line ${line}`,
      scope: 'What it can use',
      all: 'Everything in Conexor (suggested)',
      allHint: 'New services appear there by themselves.',
      each: 'Each service by itself',
      eachHint: 'One entry for each; new services are added here.',
      otherWay: 'Another way',
      fileWay: 'Write it into the settings instead',
      partly: 'One file was left as it is:',
      changedFiles: (files: number, copies: number) =>
        `${files === 1 ? '1 file was changed.' : `${files} files were changed.`}${
          copies === 0 ? '' : ' A copy as it was lies beside it.'
        }`,
      changedFile: 'Changed',
      copyAt: 'Copy of it as it was',
      showFile: 'Show in folder',
    },
    removeDialog: {
      stops: (app: string) => `${app} can no longer use your services through Conexor.`,
      untouched: (app: string) =>
        `Everything else in the settings of ${app}, your sign-ins, and other apps. You can add it again at any time.`,
      /** Nothing of it stands in the settings. */
      extension: (app: string) =>
        `It was installed as an extension, which only ${app} can remove: open its settings, then Extensions, and remove Conexor there.`,
      done: (app: string) => `Conexor is removed from ${app}.`,
      doneText: (app: string) => `If ${app} is open, it forgets Conexor when it starts next.`,
    },
    undoDialog: {
      stops: (app: string) => `What Conexor changed last in the settings of ${app} is taken back.`,
      bytes: 'The file becomes again exactly what it was before.',
      entry: 'Others have written into the file since, so only Conexor’s own entry is taken back.',
      untouched: 'Everything that others have written, your sign-ins, and other apps.',
      done: (app: string) => `The last change in ${app} is undone.`,
    },
    nothingChanged: 'There was nothing to change.',
    missing: {
      title: (app: string) => `Conexor's entry has vanished from ${app}`,
      text: (app: string) =>
        `Something has written its settings anew, without it. From its next start on, ${app} cannot use your services unless you put it back.`,
      /** Another entry of ours stands there. */
      partly: (app: string) =>
        `Something has written its settings anew, without it. What ${app} used through that entry is gone with its next start unless you put it back; another entry still stands.`,
      action: 'Put it back…',
      line: (app: string) => `${app} has lost Conexor.`,
    },
    next: {
      title: 'Now use it in your assistant',
      add: (app: string) => `Add Conexor to ${app}, and it can use your services.`,
      button: (app: string) => `Add to ${app}`,
      others: 'Another app',
    },
    removeAll: {
      row: 'Remove Conexor from all apps',
      note: 'Takes out every entry that Conexor wrote, and nothing else.',
      button: 'Remove…',
      title: 'Remove Conexor from all apps?',
      stops:
        'Apps that have an entry of Conexor lose it. From their next start on, they cannot use your services through it.',
      untouched:
        'Your services and sign-ins, what you have allowed each app, and everything else in their settings. A copy of each file is made beside it first.',
      /** They need no entry. */
      keys: (apps: string, several: boolean) =>
        several
          ? `${apps} have keys of their own and can go on using your services. Their access is removed under Apps.`
          : `${apps} has a key of its own and can go on using your services. Its access is removed under Apps.`,
      toApps: 'Go to Apps',
      verb: 'Remove from all apps',
      nothing: 'No app had an entry of Conexor.',
      done: (apps: string) => `Removed from ${apps}.`,
      failed: (app: string) => `${app} was left as it is`,
    },
  },
  es: {
    title: 'Añade Conexor a tus aplicaciones',
    hint: 'Conexor pone una sola entrada suya en la aplicación que elijas. Tus sesiones se quedan en Conexor.',
    none: 'No se ha encontrado en este equipo ninguna aplicación a la que Conexor pueda añadirse.',
    others: 'Otras aplicaciones',
    notFound: (apps) => `No encontradas en este equipo: ${apps}.`,
    lookAgain: 'Mirar otra vez',
    looking: 'Buscando tus aplicaciones…',
    more: (app) => `Más sobre ${app}`,
    lastStarted: (when) => `Inició Conexor por última vez ${when}`,
    state: {
      'not-added': 'Aún no añadida',
      added: 'Sin comprobar',
      connected: 'Conectada',
      missing: 'La entrada ha desaparecido',
      unusable: 'Hay que revisarla',
      'not-found': 'No encontrada',
    },
    action: {
      add: (app) => `Añadir a ${app}…`,
      back: 'Volver a ponerla…',
      finish: 'Terminar…',
      allow: 'Permitir…',
      explain: 'Qué hacer…',
      remove: (app) => `Quitar de ${app}…`,
      copy: 'Dirección y clave…',
      undo: 'Deshacer el último cambio…',
      extension: 'Instalar como extensión…',
      actionOf: (action, app) => `${action} ${app}`,
    },
    verdict: {
      connected: {
        title: (app) => `${app} está conectada`,
        text: (app) => `${app} ha iniciado Conexor y ve tus herramientas.`,
      },
      key: {
        used: (app) => `${app} ha usado tus servicios con su clave.`,
        unused: (app) => `${app} tiene una clave, aún sin usar`,
        paste: (app) =>
          `Pega dirección y clave en el nodo MCP Client de ${app}: Endpoint y Bearer Auth. Conexor ve cuándo se usa.`,
        line: 'Tiene una clave, aún sin usar.',
      },
      'not-added': {
        title: (app) => `Conexor aún no está en ${app}`,
        text: (app) => `Añádelo y ${app} podrá usar tus servicios.`,
      },
      start: {
        title: {
          restart: (app) => `Añadido. Abre ${app} ahora.`,
          'new-session': (app) => `Añadido. Empieza una sesión nueva en ${app}.`,
          'start-server': (app) => `Añadido. Inicia Conexor en ${app}.`,
          'by-itself': (app) => `Añadido. Abre ${app} ahora.`,
        },
        text: {
          restart: (app) => `Conexor ve por sí solo cuándo ${app} lo ha encontrado.`,
          'new-session': (app) => `${app} lo busca al empezar una sesión. Conexor lo ve por sí solo.`,
          'start-server': (app) =>
            `Abre la lista de herramientas en ${app} y pulsa Start junto a «conexor». Puede que pregunte si confías en él.`,
          'by-itself': (app) => `${app} lo toma por sí sola, y Conexor ve cuándo lo hace.`,
        },
      },
      restart: {
        title: (app) => `Añadido. Vuelve a abrir ${app}.`,
        text: (app) =>
          `${app} ya estaba abierta desde antes. Ciérrala del todo, también junto al reloj, y ábrela de nuevo.`,
      },
      'entry-missing': {
        title: (app) => `La entrada de Conexor ha desaparecido de ${app}`,
        text: (app) => `${app} u otro programa ha vuelto a escribir sus ajustes sin ella.`,
      },
      'file-unusable': {
        title: (app) => `Los ajustes de ${app} se han dejado como están`,
        text: 'Conexor no cambia nada que no pueda leer con seguridad.',
      },
      'relay-gone': {
        title: (app) => `${app} ya no puede iniciar Conexor`,
        text: 'Conexor ha cambiado de lugar desde que se añadió. Vuelve a poner su entrada y apuntará al lugar correcto.',
      },
      'started-by-other': {
        title: (app) => `${app} aún no ha iniciado Conexor`,
        text: (app) => `Otro programa ha usado su entrada. Abre ${app} y Conexor vuelve a mirar.`,
      },
      'no-tools': {
        title: (app) => `${app} ha iniciado Conexor, pero no ha mirado tus herramientas`,
        text: (app) => `Empieza un chat nuevo en ${app}. Si no cambia nada, ciérrala y ábrela de nuevo.`,
      },
      'waiting-for-leave': {
        title: (app) => `${app} espera tu respuesta`,
        text: 'No recibe nada hasta que lo permitas.',
      },
      refused: {
        title: (app) => `No has permitido ${app}`,
        text: 'Está añadida y no recibe nada. Permítela si quieres usar ahí tus servicios.',
      },
      'not-found': {
        title: (app) => `No se ha encontrado ${app} en este equipo`,
        text: 'Instálala primero y vuelve a mirar.',
      },
    },
    allowAgain: 'Permitir de nuevo',
    allowed: (app) => `${app} puede usar tus servicios.`,
    watching: (app) => `Esperando a ${app}…`,
    openNote: 'Conexor nunca cierra otra aplicación por su cuenta.',
    sheet: {
      title: {
        add: (app) => `Añadir Conexor a ${app}`,
        back: (app) => `Volver a poner Conexor en ${app}`,
        remove: (app) => `¿Quitar Conexor de ${app}?`,
        undo: (app) => `¿Deshacer el último cambio en ${app}?`,
      },
      verb: {
        add: (app) => `Añadir a ${app}`,
        back: 'Volver a ponerla',
        remove: 'Quitar',
        undo: 'Deshacer el cambio',
      },
      what: {
        file: (app) => `Conexor añade su propia entrada a los ajustes de ${app}. No cambia nada más en ellos.`,
        bundle: (app) => `${app} muestra una ventana en la que instalas Conexor como extensión.`,
        link: (app) => `Conexor pide a ${app} que lo añada. ${app} se abre y te pregunta antes.`,
        command: (app) => `Conexor pide a ${app} que lo añada; ${app} escribe sus propios ajustes.`,
        copy: (app) => `${app} recibe una dirección y una clave propias, que pegas allí.`,
      },
      back: (app) => `Conexor añade otra vez su entrada a los ajustes de ${app}. No cambia nada más en ellos.`,
      leave: (app) =>
        `Desde entonces ${app} puede usar los servicios conectados ahora; lo que no le has permitido le sigue cerrado.`,
      leaveEach: (app) =>
        `Desde entonces ${app} puede usar los servicios que elijas; lo que no le has permitido le sigue cerrado.`,
      restores: 'Volver a ponerla sin preguntar desde ahora',
      restoresHint: 'Solo la entrada de Conexor, y solo con la aplicación cerrada.',
      restoresOn: 'Desde ahora se vuelve a poner sin preguntar.',
      restoresOff: 'Desde ahora se te pregunta antes.',
      key: {
        show: 'Mostrar dirección y clave',
        address: 'Dirección',
        key: 'Clave',
        once: 'La clave se muestra esta única vez. Si cierras, puedes tener otra nueva, pero no volver a ver esta.',
        copyAddress: 'Copiar dirección',
        copyKey: 'Copiar clave',
        where: (app) => `Dónde va esto en ${app}`,
        hint: (app) =>
          `En ${app}, añade un MCP Client Tool: pega la dirección como Endpoint, elige HTTP Streamable y después Bearer Auth con la clave.`,
        docker: (app) =>
          `Si ${app} funciona en Docker, este equipo tiene allí otro nombre: usa host.docker.internal en lugar de 127.0.0.1 y permite los contenedores en Ajustes.`,
      },
      asked: {
        link: (app) => `${app} te pregunta ahora. Di que sí allí.`,
        command: (app) => `Se ha pedido a ${app}, y lo ha anotado.`,
        linkNot: (app) => `No se ha podido abrir ${app}. Copia el enlace y ábrelo en el navegador de este equipo.`,
        commandNot: (app) => `No se ha podido pedir a ${app}. Copia esta línea y ejecútala en un terminal.`,
        copyLink: 'Copiar enlace',
        copyCommand: 'Copiar línea',
        toFile: 'Añadirlo a los ajustes',
      },
      extension: {
        title: (app) => `Instala la extensión en ${app}`,
        opened: (app) => `Se ha pedido a ${app} que la abra. ¿Ha aparecido una ventana «Install extension»?`,
        notOpened: (app) => `No se ha podido abrir sola. ${app} la instala así:`,
        steps: [
          'Abre sus ajustes y después Extensiones.',
          'Arrastra el archivo desde su carpeta a esa página.',
          'Pulsa Instalar y activa Conexor.',
        ],
        yes: 'Si es así, pulsa Instalar allí. Si no, hazlo a mano:',
        file: 'El archivo',
        showFile: 'Mostrar en la carpeta',
        notShown: 'No se ha podido mostrar la carpeta. Copia dónde está el archivo y ábrela tú.',
        instead: '¿No funciona? Instala Conexor como extensión.',
        use: 'Instalar como extensión',
      },
      closeFirst: {
        title: (app) => `Cierra antes ${app}`,
        text: (app) =>
          `Mientras está abierta, ${app} escribiría encima del cambio. Ciérrala del todo; Conexor sigue entonces por sí solo.`,
        how: {
          linux: (app) =>
            `No siempre basta con cerrar su ventana: si su icono está en el panel, pulsa en él con el botón derecho y sal de ${app}.`,
          mac: (app) => `No basta con cerrar su ventana: elige Salir de ${app} en su menú, o pulsa Cmd+Q.`,
          windows: (app) =>
            `No basta con cerrar su ventana: pulsa con el botón derecho su icono junto al reloj y sal de ${app}.`,
        },
        isClosed: 'Ya está cerrada',
      },
      changedSince: 'El archivo ha cambiado desde que lo miraste. Esto es lo que cambiaría ahora:',
      details: 'Detalles',
      broken: {
        file: (file) => `Es el archivo ${file}. No se ha cambiado nada en él.`,
        copyEntry: 'Copiar la entrada',
        whole: 'Dónde está el archivo',
      },
      exact: 'Cambia exactamente esto',
      file: 'Archivo',
      fileWill: {
        create: 'El archivo se crea con estas líneas.',
        change: 'Cambian estas líneas:',
        delete: 'El archivo solo tenía la entrada de Conexor, y se elimina.',
        nothing: 'Aquí no cambia nada.',
      },
      copy: 'Antes se hace una copia del archivo junto a él.',
      masked: 'Los valores que no son de Conexor no se muestran: en su lugar hay …',
      added: 'añadida',
      removed: 'quitada',
      line: (line) => `Línea ${line}`,
      scope: 'Qué puede usar',
      all: 'Todo lo que hay en Conexor (recomendado)',
      allHint: 'Los servicios nuevos aparecen allí solos.',
      each: 'Cada servicio por separado',
      eachHint: 'Una entrada para cada uno; los nuevos se añaden aquí.',
      otherWay: 'Otra manera',
      fileWay: 'Escribirlo en los ajustes',
      partly: 'Un archivo se ha dejado como está:',
      changedFiles: (files, copies) =>
        `${files === 1 ? 'Se ha cambiado 1 archivo.' : `Se han cambiado ${files} archivos.`}${
          copies === 0 ? '' : ' Junto a él hay una copia de cómo estaba.'
        }`,
      changedFile: 'Cambiado',
      copyAt: 'Copia de cómo estaba',
      showFile: 'Mostrar en la carpeta',
    },
    removeDialog: {
      stops: (app) => `${app} ya no puede usar tus servicios a través de Conexor.`,
      untouched: (app) =>
        `Todo lo demás en los ajustes de ${app}, tus sesiones y las demás aplicaciones. Puedes volver a añadirlo cuando quieras.`,
      extension: (app) =>
        `Se instaló como extensión, y eso solo lo puede quitar ${app}: abre sus ajustes, después Extensiones, y quita Conexor allí.`,
      done: (app) => `Conexor se ha quitado de ${app}.`,
      doneText: (app) => `Si ${app} está abierta, olvida Conexor la próxima vez que se inicie.`,
    },
    undoDialog: {
      stops: (app) => `Se deshace lo último que Conexor cambió en los ajustes de ${app}.`,
      bytes: 'El archivo vuelve a ser exactamente lo que era.',
      entry: 'Otros han escrito en el archivo desde entonces, así que solo se retira la entrada de Conexor.',
      untouched: 'Todo lo que otros han escrito, tus sesiones y las demás aplicaciones.',
      done: (app) => `Se ha deshecho el último cambio en ${app}.`,
    },
    nothingChanged: 'No había nada que cambiar.',
    missing: {
      title: (app) => `La entrada de Conexor ha desaparecido de ${app}`,
      text: (app) =>
        `Algo ha vuelto a escribir sus ajustes sin ella. Desde su próximo inicio, ${app} no podrá usar tus servicios si no la vuelves a poner.`,
      partly: (app) =>
        `Algo ha vuelto a escribir sus ajustes sin ella. Lo que ${app} usaba por esa entrada falta desde su próximo inicio si no la vuelves a poner; otra entrada sigue ahí.`,
      action: 'Volver a ponerla…',
      line: (app) => `${app} ha perdido Conexor.`,
    },
    next: {
      title: 'Ahora úsalo en tu asistente',
      add: (app) => `Añade Conexor a ${app} y podrá usar tus servicios.`,
      button: (app) => `Añadir a ${app}`,
      others: 'Otra aplicación',
    },
    removeAll: {
      row: 'Quitar Conexor de todas las aplicaciones',
      note: 'Retira todas las entradas que escribió Conexor, y nada más.',
      button: 'Quitar…',
      title: '¿Quitar Conexor de todas las aplicaciones?',
      stops:
        'Las aplicaciones con una entrada de Conexor la pierden. Desde su próximo inicio no pueden usar por ella tus servicios.',
      untouched:
        'Tus servicios y sesiones, lo que has permitido a cada aplicación y todo lo demás en sus ajustes. Antes se hace una copia de cada archivo junto a él.',
      keys: (apps, several) =>
        several
          ? `${apps} tienen claves propias y pueden seguir usando tus servicios. Su acceso se retira en Aplicaciones.`
          : `${apps} tiene una clave propia y puede seguir usando tus servicios. Su acceso se retira en Aplicaciones.`,
      toApps: 'Ir a Aplicaciones',
      verb: 'Quitar de todas',
      nothing: 'Ninguna aplicación tenía una entrada de Conexor.',
      done: (apps) => `Quitado de ${apps}.`,
      failed: (app) => `${app} se ha dejado como está`,
    },
  },
});
