/** n8n. Its servers are fields of a node in a workflow, and it starts none: a person copies address and key. */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { everywhere, home } from './places.ts';

export const n8n: ClientProgram = {
  id: 'n8n',
  title: 'n8n',
  format: undefined,
  servers: [],
  places: {},
  signs: everywhere([{ base: home, path: '.n8n' }]),
  entry: (relay, connection) => commandAndArgs('n8n', relay, connection),
  closeFirst: false,
  reload: 'by-itself',
  processes: {},
  ways: ['copy'],
};
