/** Whether programs in containers may come: off until somebody chooses it; under Details where, and a key for one. */
import { useCallback, useEffect, useState } from 'react';
import type { ContainersView } from '../../shared/containers.ts';
import type { WindowResult } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Field, Select, Switch } from '../parts/fields.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

export function ContainerSetting() {
  const words = useWords().containers;
  const on = useSelected(({ settings }) => settings.containers);
  const task = useTask();
  const change = (wanted: boolean) =>
    task.run(async () => {
      await ask('setContainers', { on: wanted });
      announce(wanted ? words.on : words.ended);
    });
  return (
    <div className="setting">
      <Switch label={words.title} hint={words.text} on={on} onChange={change} />
      <TaskLine task={task} />
      {on ? (
        <Fold title={words.details}>
          <Where />
          <ContainerKey />
        </Fold>
      ) : null}
    </div>
  );
}

/** Asked for when it is on: networks of containers come and go. */
function Where() {
  const words = useWords().containers;
  const isLinux = useSelected(({ app }) => app.system === 'linux');
  const [view, setView] = useState<ContainersView>();
  const look = useCallback(async () => {
    setView(await ask('containers', {}));
  }, []);
  useEffect(() => {
    look().catch(() => undefined);
  }, [look]);
  if (!view) return null;
  return (
    <>
      <h3>{words.address}</h3>
      <div className="copy-line">
        <code className="command">{view.url}</code>
        <CopyButton label={words.copyAddress} text={view.url} />
      </div>
      {isLinux ? <p className="small">{words.start}</p> : null}
      {isLinux && view.networks.length === 0 ? <p className="soft small">{words.noNetwork}</p> : null}
      {view.networks.map(({ name, address, fault }) =>
        fault ? (
          <Notice key={address} tone="notice" title={fault.what}>
            <p>{fault.next}</p>
          </Notice>
        ) : (
          <p key={address} className="soft small">
            {words.listens(name, address)}
          </p>
        ),
      )}
    </>
  );
}

/** The key lives on this page alone. */
function ContainerKey() {
  const words = useWords().containers;
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const names = useServiceNames();
  const [program, setProgram] = useState('n8n');
  const [chosen, setChosen] = useState<string>();
  const [made, setMade] = useState<WindowResult<'containerKey'>>();
  const task = useTask();
  const connection = connections.find(({ id }) => id === chosen) ?? connections[0];
  if (!connection) return <p className="soft small">{words.noService}</p>;
  const make = () =>
    task.run(async (signal) => {
      const key = await ask('containerKey', { connection: connection.id, name: program.trim() });
      if (!signal.aborted) setMade(key);
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <h3>{words.keyTitle}</h3>
      <Field label={words.program} value={program} onChange={setProgram} />
      <Select
        label={words.service}
        value={connection.id}
        options={connections.map(({ id, title }) => ({ value: id, label: names.get(id) ?? title }))}
        onChange={setChosen}
      />
      <div className="buttons">
        <Button submit busy={task.running} disabled={program.trim() === ''}>
          {words.makeKey}
        </Button>
      </div>
      <TaskLine task={task} />
      {made ? (
        <div className="made-key" role="status">
          <div className="copy-line">
            <code className="command">{made.url}</code>
            <CopyButton label={words.copyAddress} text={made.url} />
          </div>
          <div className="copy-line">
            <code className="command">{made.key}</code>
            <CopyButton label={words.copyKey} text={made.key} />
          </div>
          <p className="soft small">
            {words.once} {words.keyHint}
          </p>
        </div>
      ) : null}
    </form>
  );
}
