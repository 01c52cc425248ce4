/** What somebody pasted, read while it is typed: what Conexor understood stands below it before anything is added. */
import { useState } from 'react';
import type { Pasted } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useServices } from '../ways-in/use-services.ts';
import { listOf, useWords } from '../words/use-words.ts';
import { FormOf, serviceCalled } from './add-by-name.tsx';
import { ClientIdForm } from './add-client-id.tsx';
import { ServiceForm } from './add-other.tsx';
import { PastedServer } from './pasted-server.tsx';
import type { Connect } from './use-connect.ts';
import { usePasted } from './use-pasted.ts';

type Servers = Extract<Pasted, { kind: 'block' }>['servers'];

export function PasteForm({ connect }: { readonly connect: Connect }) {
  const all = useWords();
  const words = all.add;
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const named = serviceCalled(text, useServices() ?? [], all);
  const { pasted, reading } = usePasted(named ? '' : text);
  if (connect.clientIdNeeded) return <ClientIdForm connect={connect} />;
  const edit = (next: string) => {
    connect.task.clear();
    setTried(false);
    setText(next);
  };
  return (
    <div>
      <Field
        label={words.paste.label}
        hint={words.paste.nothing}
        lines={5}
        value={text}
        onChange={edit}
        error={tried ? words.paste.needed : undefined}
      />
      {text.trim() === '' ? (
        <div className="buttons">
          <Button tone="primary" onPress={() => setTried(true)}>
            {words.paste.add}
          </Button>
        </div>
      ) : null}
      {named ? <FormOf key={named.id} connect={connect} service={named} /> : null}
      <div aria-live="polite" aria-busy={reading}>
        {pasted?.kind === 'unusable' ? (
          <Notice tone="notice" title={pasted.fault.what}>
            <p>{pasted.fault.next}</p>
          </Notice>
        ) : null}
        {pasted?.kind === 'address' ? (
          <>
            <p className="small">{words.paste.understood}</p>
            <PastedServer server={pasted} />
            <AddOne connect={connect} text={text} title={pasted.title} />
          </>
        ) : null}
        {pasted?.kind === 'block' ? <Block key={text} servers={pasted.servers} text={text} connect={connect} /> : null}
      </div>
    </div>
  );
}

function AddOne({
  connect,
  text,
  title,
  server,
}: {
  readonly connect: Connect;
  readonly text: string;
  /** Its service's own name, where it was recognised. */
  readonly title: string;
  readonly server?: string;
}) {
  const words = useWords().add;
  const { task } = connect;
  const service = useServices()?.find((one) => one.title === title);
  // What has to be typed is asked for here, as on the service's card.
  if (service?.waysIn[0]?.fields.length) {
    return <ServiceForm key={service.id} connect={connect} service={service} pasted={{ text, server }} />;
  }
  return (
    <>
      <div className="buttons">
        <Button
          tone="primary"
          busy={task.running}
          onPress={() => connect.connect({ kind: 'pasted', text, ...(server === undefined ? {} : { server }) })}
        >
          {words.paste.add}
        </Button>
      </div>
      <TaskLine task={task} words={words.asking} />
    </>
  );
}

function Block({
  servers,
  text,
  connect,
}: {
  readonly servers: Servers;
  readonly text: string;
  readonly connect: Connect;
}) {
  const words = useWords();
  const { paste } = words.add;
  const usable = servers.filter(({ fault }) => !fault);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(usable.map(({ name }) => name)));
  const [only] = servers;
  if (servers.length === 1 && only) {
    return (
      <>
        <p className="small">{paste.understood}</p>
        <PastedServer server={only} />
        {only.fault ? null : <AddOne connect={connect} text={text} title={only.title} server={only.name} />}
      </>
    );
  }
  const names = usable.map(({ name }) => name).filter((name) => chosen.has(name));
  const [first] = names;
  return (
    <fieldset className="several">
      <legend className="small">{usable.length === 0 ? paste.noneUsable : paste.several(servers.length)}</legend>
      {servers.map((server) => (
        <PastedServer
          key={server.name}
          server={server}
          chosen={chosen.has(server.name)}
          onChoose={(on) =>
            setChosen(
              (before) => new Set(on ? [...before, server.name] : [...before].filter((one) => one !== server.name)),
            )
          }
        />
      ))}
      {usable.length === 0 ? null : names.length === 1 && first !== undefined ? (
        <AddOne connect={connect} text={text} title={titleIn(usable, first)} server={first} />
      ) : (
        <AddSeveral text={text} names={names} />
      )}
    </fieldset>
  );
}

function titleIn(servers: Servers, wanted: string): string {
  return servers.find(({ name }) => name === wanted)?.title ?? '';
}

/** Several at once are added without a sign-in: each asks for its own, when the person wants it (rule 12). */
function AddSeveral({ text, names }: { readonly text: string; readonly names: readonly string[] }) {
  const words = useWords();
  const task = useTask();
  const { paste } = words.add;
  const add = () =>
    task.run(async (signal) => {
      const added: string[] = [];
      for (const server of names) {
        added.push((await ask('addPasted', { text, server })).connection.title);
      }
      announce(paste.added(listOf(added, words)));
      if (!signal.aborted) showPage({ name: 'services' });
    });
  if (names.length === 0) return <p className="hint">{paste.chooseOne}</p>;
  return (
    <>
      <div className="buttons">
        <Button tone="primary" busy={task.running} onPress={add}>
          {paste.addSeveral(names.length)}
        </Button>
      </div>
      <TaskLine task={task} />
    </>
  );
}
