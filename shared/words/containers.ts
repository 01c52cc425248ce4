/** Programs in containers: the one choice about them, and what a person has to know for it. */
import { section } from './section.ts';

export const containerWords = section({
  en: {
    title: 'Programs in containers',
    text: 'Let programs in containers on this computer, such as n8n in Docker, use your services. Each needs a key made for containers.',
    on: 'Programs in containers may use Conexor with a key made for them.',
    off: 'Programs in containers cannot reach Conexor.',
    ended: 'Switched off. What containers had open has ended; their keys work again when you switch this on.',
    address: 'Address inside the container',
    /** Only on Linux. */
    start: 'Start the container with: --add-host=host.docker.internal:host-gateway',
    noNetwork: 'No network of Docker or Podman was found on this computer. Conexor looks again every half minute.',
    listens: (name: string, address: string) => `It answers on ${name} (${address}).`,
    details: 'Details',
    copyAddress: 'Copy address',
    copyKey: 'Copy key',
    keyTitle: 'A key for a program in a container',
    program: 'Name of the program',
    service: 'Service',
    makeKey: 'Make a key',
    once: 'The key is shown this once. You can have a new one, but not see this one again.',
    noService: 'Add a service first.',
    keyHint: 'The key works from containers only. Keep it out of files that others can read.',
  },
  es: {
    title: 'Programas en contenedores',
    text: 'Permite que los programas en contenedores de este equipo, como n8n en Docker, usen tus servicios. Cada uno necesita una clave creada para contenedores.',
    on: 'Los programas en contenedores pueden usar Conexor con una clave creada para ellos.',
    off: 'Los programas en contenedores no pueden llegar a Conexor.',
    ended:
      'Desactivado. Lo que los contenedores tenían abierto ha terminado; sus claves volverán a servir cuando lo actives.',
    address: 'Dirección dentro del contenedor',
    start: 'Inicia el contenedor con: --add-host=host.docker.internal:host-gateway',
    noNetwork:
      'No se ha encontrado ninguna red de Docker ni de Podman en este equipo. Conexor vuelve a mirar cada medio minuto.',
    listens: (name: string, address: string) => `Responde en ${name} (${address}).`,
    details: 'Detalles',
    copyAddress: 'Copiar dirección',
    copyKey: 'Copiar clave',
    keyTitle: 'Una clave para un programa en un contenedor',
    program: 'Nombre del programa',
    service: 'Servicio',
    makeKey: 'Crear una clave',
    once: 'La clave se muestra esta única vez. Puedes tener otra nueva, pero no volver a ver esta.',
    noService: 'Añade antes un servicio.',
    keyHint: 'La clave solo sirve desde contenedores. No la guardes en archivos que otros puedan leer.',
  },
});
