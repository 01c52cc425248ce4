/** Recent activity: live, by service and by app. Never what was asked or answered. */
import { useState } from 'react';
import type { Activity } from '../../shared/activity.ts';
import { programTitle } from '../../shared/client-titles.ts';
import { day } from '../../shared/words/times.ts';
import { useNow } from '../client/clock.ts';
import { EmptyState, PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';
import { ActivityEntry } from './activity-entry.tsx';
import { mostEntries, useActivityLog } from './activity-log.ts';
import { takenBack } from './taken-back.ts';

const all = 'all';
const you = 'you';

export function ActivityPage() {
  const words = useWords().activity;
  const names = useServiceNames();
  const { entries: logged, task, load } = useActivityLog();
  const gone = takenBack();
  const entries = logged?.filter(({ what, connectionId }) => what !== 'removed' || !gone.includes(connectionId));
  const [service, setService] = useState(all);
  const [program, setProgram] = useState(all);
  const shown = (entries ?? []).filter(
    (entry) =>
      (service === all || entry.connectionId === service) && (program === all || programKey(entry) === program),
  );
  const showAll = () => {
    setService(all);
    setProgram(all);
  };
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <TaskLine task={task} action={{ label: words.again, onPress: load }} />
      {entries && entries.length > 0 ? (
        <div className="filters">
          <Select
            label={words.service}
            labelHidden
            value={service}
            options={[{ value: all, label: words.allServices }, ...servicesOf(entries, names)]}
            onChange={setService}
          />
          <Select
            label={words.app}
            labelHidden
            value={program}
            options={[{ value: all, label: words.allApps }, ...programsOf(entries, words.you)]}
            onChange={setProgram}
          />
        </div>
      ) : null}
      {entries?.length === 0 ? (
        <EmptyState icon="activity" title={words.empty.title}>
          {words.empty.text}
        </EmptyState>
      ) : null}
      {entries && entries.length > 0 && shown.length === 0 ? (
        <p className="no-match">
          {words.noMatch} <Button onPress={showAll}>{words.showAll}</Button>
        </p>
      ) : null}
      <Days entries={shown} />
      {logged && logged.length >= mostEntries ? <p className="after-card soft small">{words.older}</p> : null}
    </>
  );
}

/** One card a day, the latest first. */
function Days({ entries }: { readonly entries: readonly Activity[] }) {
  const words = useWords();
  const nowMs = useNow();
  const names = useServiceNames();
  const days = new Map<string, Activity[]>();
  for (const entry of entries) {
    const date = new Date(entry.atMs).toDateString();
    days.set(date, [...(days.get(date) ?? []), entry]);
  }
  const today = new Date(nowMs).toDateString();
  return [...days].map(([date, ofDay]) => (
    <section key={date} className="section">
      <h2>
        {date === today ? words.activity.today : <time>{day(ofDay[0]?.atMs ?? nowMs, nowMs, words.locale)}</time>}
      </h2>
      <ul className="card entries">
        {ofDay.map((entry) => (
          <ActivityEntry key={entry.id} entry={entry} service={names.get(entry.connectionId) ?? entry.connection} />
        ))}
      </ul>
    </section>
  ));
}

function programKey(entry: Activity): string {
  return entry.program === undefined ? you : `app ${entry.program}`;
}

/** A service that was removed keeps the name it had. */
function servicesOf(entries: readonly Activity[], now: ReadonlyMap<string, string>) {
  const names = new Map(
    entries.map(({ connectionId, connection }) => [connectionId, now.get(connectionId) ?? connection]),
  );
  return [...names].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label));
}

function programsOf(entries: readonly Activity[], nameOfYou: string) {
  const names = new Map(
    entries.map((entry) => [programKey(entry), entry.program === undefined ? nameOfYou : programTitle(entry.program)]),
  );
  return [...names].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label));
}
