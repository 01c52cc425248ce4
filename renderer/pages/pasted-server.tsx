/** One server of what was pasted: what it is called, whose it is, what will happen to a secret, what is left out. */
import { useId } from 'react';
import { practiceName } from '../../shared/service-names.ts';
import type { Pasted } from '../../shared/window.ts';
import { useSelected } from '../client/state.ts';
import { Icon } from '../parts/icon.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { useServices } from '../ways-in/use-services.ts';
import { listOf, useWords } from '../words/use-words.ts';

type Server = Extract<Pasted, { kind: 'block' }>['servers'][number];
type Address = Extract<Pasted, { kind: 'address' }>;

/** Where programs' files have keys: in headers, or under names that say so. */
const keyHolders = /header|authorization|token|secret|api-?_?key|bearer/i;

export function PastedServer(props: {
  readonly server: Server | Address;
  /** With these, it can be chosen among several. */
  readonly chosen?: boolean;
  readonly onChoose?: (on: boolean) => void;
}) {
  const { server, onChoose } = props;
  const words = useWords();
  const { paste } = words.add;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  const id = useId();
  const recognised = useServices()?.find(({ title }) => title === server.title);
  // A practice service is called as on its card.
  const own = recognised && practiceName(recognised.id, words);
  const name = 'name' in server ? server.name : (own ?? server.title);
  const fault = 'fault' in server ? server.fault : undefined;
  const whole = /\/mcp\/([\w.-]+)\/([\w.-]+)\/?$/.exec(server.target);
  // Servers of one host are told apart by their organisation and name.
  const whose = whole ? `${whole[1]} · ${whole[2]}` : server.host === '' ? '' : paste.host(server.host);
  const unknownKeys = 'unknownKeys' in server ? server.unknownKeys : [];
  const holdsKey = unknownKeys.some((key) => keyHolders.test(key));
  // What held a key has a sentence of its own.
  const leftOut = unknownKeys.filter((key) => !keyHolders.test(key));
  const notes = (
    <>
      {whose === '' ? null : <span className="soft small">{whose}</span>}
      {'hasSecret' in server && server.hasSecret && !fault ? (
        <span className="note small">
          <Icon name="lock" size={15} />
          {memoryOnly ? paste.secretMemory : paste.secret}
        </span>
      ) : null}
      {'replaces' in server && server.replaces !== undefined ? (
        <span className="note small notice-words">
          <Icon name="attention" size={15} />
          {paste.replaces}
        </span>
      ) : null}
      {holdsKey ? (
        <span className="note small">
          <Icon name="key" size={15} />
          {paste.plainKey}
        </span>
      ) : null}
      {leftOut.length > 0 ? <span className="soft small">{paste.leftOut(listOf(leftOut, words))}</span> : null}
      {fault ? (
        <span className="note small notice-words">
          <Icon name="attention" size={15} />
          {`${fault.what} ${fault.next}`}
        </span>
      ) : null}
    </>
  );
  return (
    <div className="pasted">
      {onChoose ? (
        <input
          id={id}
          type="checkbox"
          className="check"
          checked={(props.chosen ?? false) && !fault}
          disabled={fault !== undefined}
          aria-describedby={`${id}-notes`}
          onChange={(event) => onChoose(event.target.checked)}
        />
      ) : (
        <Picture name={name} />
      )}
      <div className="pasted-words">
        {onChoose ? (
          <label htmlFor={id} data-decoration="">
            {name}
          </label>
        ) : (
          <p className="pasted-name" data-decoration="">
            {name}
          </p>
        )}
        <span id={`${id}-notes`} className="notes">
          {notes}
        </span>
      </div>
    </div>
  );
}

/** The first digits of a bare address would look like a count. */
function Picture({ name }: { readonly name: string }) {
  if (/\p{L}/u.test(name)) return <Monogram name={name} size={32} />;
  return (
    <span className="pasted-picture">
      <Icon name="services" size={18} />
    </span>
  );
}
