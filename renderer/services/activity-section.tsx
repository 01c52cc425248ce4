/** The latest that happened at one service: time, app, tool, outcome; never content. */
import type { Activity } from '../../shared/activity.ts';
import { ago } from '../../shared/words/times.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { useActivity } from '../client/activity.ts';
import { useNow } from '../client/clock.ts';
import { PageLink } from '../frame/page-link.tsx';
import { troubleWords, whatWords } from '../pages/activity-words.ts';
import { Section } from '../parts/blocks.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';

const shown = 5;

export function ActivitySection({ connection, service }: { readonly connection: string; readonly service: string }) {
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
                <Happening entry={entry} service={service} />
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

function Happening({ entry, service }: { readonly entry: Activity; readonly service: string }) {
  const words = useWords();
  const { account } = entry;
  const sentence = sentenceOf(entry, words);
  const trouble = troubleWords(entry, service, words);
  return (
    <span>
      <span>{account === undefined ? sentence : words.services.activity.withAccount(sentence, account)}</span>
      {trouble === undefined ? null : <span className="failed">{trouble}</span>}
    </span>
  );
}

/** The doer stands only where the sentence needs one. */
function sentenceOf(entry: Activity, words: WindowWords): string {
  const { app, you } = words.services.activity;
  const { what, program, tool } = entry;
  if (program === undefined) return entry.outcome === 'done' && isIn(what, you) ? you[what] : whatWords(entry, words);
  if (what === 'tool') return tool === undefined ? app.toolUnnamed(program) : app.tool(program, tool);
  return isIn(what, app) ? app[what](program) : whatWords(entry, words);
}

function isIn<T extends object>(what: Activity['what'], sentences: T): what is Activity['what'] & keyof T {
  return Object.hasOwn(sentences, what);
}
