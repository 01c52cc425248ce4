/** What a person can choose about Conexor itself; each choice holds at once and is kept. */
import { Fragment } from 'react';
import type { SettingsChange } from '../../shared/settings.ts';
import { ask } from '../client/client.ts';
import { takeState, useWindowState } from '../client/state.ts';
import { RemoveAllRow } from '../clients/remove-all.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { announce } from '../parts/announcer.tsx';
import { Card, PageHead, Section } from '../parts/blocks.tsx';
import { BusyLine } from '../parts/busy-line.tsx';
import { Select, Switch } from '../parts/fields.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { type Task, useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { wordsIn } from '../words/words-now.ts';
import { ContainerSetting } from './settings-containers.tsx';
import { PlaceSettings } from './settings-places.tsx';
import { QuitRow } from './settings-quit.tsx';

export function SettingsPage() {
  const words = useWords().settings;
  const { app, settings } = useWindowState();
  // One for each: a second choice does not wait for the first, and is not lost beside it.
  const tasks = { language: useTask(), theme: useTask(), newPrograms: useTask() };
  const change = (wanted: SettingsChange, task: Task) =>
    task.run(async () => {
      const next = await ask('changeSettings', wanted);
      takeState(next);
      // In the language that was chosen just now.
      announce(wordsIn(next.app.language).settings.saved);
    });
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      {Object.entries(tasks).map(([name, task]) => (
        <Fragment key={name}>
          {task.fault ? <FaultNotice fault={task.fault} /> : null}
          <BusyLine task={task} />
        </Fragment>
      ))}
      <Section title={words.general}>
        <Card>
          <StartAtLogin />
          <div className="setting">
            <Select
              label={words.language}
              value={settings.language}
              options={choices(words.languages)}
              onChange={(language) => change({ language }, tasks.language)}
            />
          </div>
          <div className="setting">
            <Select
              label={words.theme}
              value={settings.theme}
              options={choices(words.themes)}
              onChange={(theme) => change({ theme }, tasks.theme)}
            />
          </div>
        </Card>
      </Section>
      <Section title={words.apps}>
        <Card>
          <div className="setting">
            <Switch
              label={words.ask}
              hint={words.askNote}
              on={app.newPrograms === 'ask'}
              onChange={(on) => change({ newPrograms: on ? 'ask' : 'allow' }, tasks.newPrograms)}
            />
          </div>
          <ContainerSetting />
          <RemoveAllRow />
        </Card>
      </Section>
      <PlaceSettings />
      <Section title={words.about}>
        <Card>
          <div className="setting line">
            <span>{words.version}</span>
            <span className="soft" data-decoration="">
              {app.version}
            </span>
          </div>
          <div className="setting line">
            <span>
              <PageLink page={{ name: 'diagnostics' }}>{words.diagnostics}</PageLink>
              <span className="hint">{words.diagnosticsNote}</span>
            </span>
          </div>
          <QuitRow />
        </Card>
      </Section>
    </>
  );
}

/** What is not possible here is said in place of the switch. */
function StartAtLogin() {
  const words = useWords().settings;
  const { app } = useWindowState();
  const task = useTask();
  const hints = {
    on: words.startAtLoginNote,
    off: words.startAtLoginNote,
    'needs-approval': words.startNeedsApproval,
    unavailable: app.kind === 'tab' ? words.startUnavailableTab : words.startUnavailable,
  };
  return (
    <div className="setting">
      <Switch
        label={words.startAtLogin}
        hint={hints[app.startAtLogin]}
        on={app.startAtLogin === 'on' || app.startAtLogin === 'needs-approval'}
        disabled={app.startAtLogin === 'unavailable'}
        onChange={(on) =>
          task.run(async () => {
            takeState(await ask('setStartAtLogin', { on }));
            announce(words.saved);
          })
        }
      />
      <TaskLine task={task} />
    </div>
  );
}

function choices<V extends string>(labels: Readonly<Record<V, string>>) {
  return (Object.keys(labels) as V[]).map((value) => ({ value, label: labels[value] }));
}
