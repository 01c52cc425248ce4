/** Programs that wait for the person's first answer, above everything else (rule 9). */
import { useSelected } from '../client/state.ts';
import { AskingProgram } from '../pages/asking-program.tsx';
import { askingUses } from '../pages/program-list.ts';
import { useWords } from '../words/use-words.ts';
import { useServiceNames } from './names.ts';

/** `only`: those that ask for one connection. */
export function AskingPrograms({ only }: { readonly only?: string }) {
  const snapshot = useSelected((state) => state.snapshot);
  const names = useServiceNames();
  const { asking } = useWords().programs;
  const uses = askingUses(snapshot).filter(({ connection }) => only === undefined || connection.id === only);
  if (uses.length === 0) return null;
  return (
    <section className="notices" aria-label={asking.title}>
      <h2 className="unseen">{asking.title}</h2>
      {uses.map((use) => (
        <AskingProgram
          key={`${use.connection.id} ${use.client.name}`}
          use={use}
          service={names.get(use.connection.id) ?? use.connection.title}
        />
      ))}
    </section>
  );
}
