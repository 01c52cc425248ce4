/** The latest that happened at one service: time, app, tool, outcome; never content. */
import type { Activity } from '../../shared/activity.ts';
import { ago } from '../../shared/words/times.ts';
import { useActivity } from '../client/activity.ts';
import { useNow } from '../client/clock.ts';
import { PageLink } from '../frame/page-link.tsx';
import { isCalm, whatWords } from '../pages/activity-words.ts';
import { Section } from '../parts/blocks.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';

const shown = 5;

export function ActivitySection({ connection }: { readonly connection: string }) {
  const words = useWords();
  const { activity } = words.services;
  const { entries, fault } = useActivity(shown, connection);
  const nowMs = useNow();
  return (
    <Section title={activity.title}>
      {fault ? <FaultNotice fault={fault} /> : null}
      {entries?.length === 0 ? <p className="soft">{activity.none}</p> : null}
      {entries && entries.length > 0 ? (
        <>
          <ul className="happenings">
            {entries.map((entry) => (
              <li key={entry.id}>
                <Happening entry={entry} />
                <time dateTime={new Date(entry.atMs).toISOString()}>{ago(entry.atMs, nowMs, words.locale)}</time>
              </li>
            ))}
          </ul>
          <p className="after-card">
            <PageLink page={{ name: 'activity' }}>{activity.all}</PageLink>
          </p>
        </>
      ) : null}
    </Section>
  );
}

function Happening({ entry }: { readonly entry: Activity }) {
  const words = useWords();
  const { activity } = words;
  return (
    <span>
      <span className="who">{entry.program ?? activity.you}</span>
      <span>{whatWords(entry, words)}</span>
      {entry.outcome === 'done' || isCalm(entry) ? null : <span className="failed">{activity.failed}</span>}
    </span>
  );
}
