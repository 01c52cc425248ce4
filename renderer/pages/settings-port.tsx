/** The port of the local address: checked here, in force from the next start on. */
import { useState } from 'react';
import { ask } from '../client/client.ts';
import { takeState, useWindowState } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

export function PortSetting() {
  const words = useWords().settings;
  const { app, settings } = useWindowState();
  const present = String(settings.httpPort ?? app.wantedPort ?? (new URL(app.httpUrl).port || '80'));
  const [text, setText] = useState(present);
  const [error, setError] = useState<string>();
  const [saved, setSaved] = useState<number>();
  const task = useTask();
  const save = () => {
    const port = portOf(text);
    setSaved(undefined);
    setError(port === undefined ? words.portInvalid : undefined);
    if (port === undefined) return;
    task.run(async (signal) => {
      takeState(await ask('changeSettings', { httpPort: port }));
      if (signal.aborted) return;
      setSaved(port);
      announce(words.portSaved(port));
    });
  };
  return (
    <form
      className="port"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Field label={words.port} hint={words.portNote} value={text} onChange={setText} error={error} />
      <Button submit busy={task.running}>
        {words.portSave}
      </Button>
      {saved === undefined ? null : <p className="hint">{words.portSaved(saved)}</p>}
      {task.fault ? <FaultNotice fault={task.fault} /> : null}
    </form>
  );
}

/** Undefined for whatever is no port that a program of a person may have. */
export function portOf(text: string): number | undefined {
  if (!/^\d{4,5}$/.test(text.trim())) return undefined;
  const port = Number(text);
  return port >= 1024 && port <= 65_535 ? port : undefined;
}
