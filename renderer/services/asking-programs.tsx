/** Programs that wait for the person's first answer, above everything else (rule 9). */
import { useSelected } from '../client/state.ts';
import { AskingProgram } from '../pages/asking-program.tsx';
import { askingUses } from '../pages/program-list.ts';
import { useServiceNames } from './names.ts';

/** `only`: those that ask for one connection. */
export function AskingPrograms({ only }: { readonly only?: string }) {
  const snapshot = useSelected((state) => state.snapshot);
  const names = useServiceNames();
  return askingUses(snapshot)
    .filter(({ connection }) => only === undefined || connection.id === only)
    .map((use) => (
      <AskingProgram
        key={`${use.connection.id} ${use.client.name}`}
        use={use}
        service={names.get(use.connection.id) ?? use.connection.title}
      />
    ));
}
