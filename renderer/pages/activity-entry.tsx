/** One line of the activity: when, who, what, where, and how it ended where it did not go well. */
import { memo } from 'react';
import type { Activity } from '../../shared/activity.ts';
import { programTitle } from '../../shared/client-titles.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { hourOf, useWords } from '../words/use-words.ts';
import { isCalm, troubleWords, whatWords } from './activity-words.ts';

const icons: Readonly<Record<Activity['what'], IconName>> = {
  tool: 'activity',
  'sign-in': 'sign-in',
  'sign-out': 'sign-out',
  removed: 'remove',
  switched: 'swap',
  paused: 'pause',
  resumed: 'resume',
  'program-asked': 'help',
  'program-allowed': 'check',
  'program-refused': 'removed',
};

/** Hundreds of them stand below each other, and never change. */
export const ActivityEntry = memo(function ActivityEntry(props: {
  readonly entry: Activity;
  /** What the service is called now. */
  readonly service: string;
}) {
  const { entry, service } = props;
  const words = useWords();
  const { activity } = words;
  const trouble = troubleWords(entry, service, words);
  return (
    <li className="entry">
      <time dateTime={new Date(entry.atMs).toISOString()} className="soft small">
        {hourOf(entry.atMs, words)}
      </time>
      {entry.program === undefined ? (
        <span className="entry-icon">
          <Icon name={icons[entry.what]} size={16} />
        </span>
      ) : (
        <Monogram name={programTitle(entry.program)} size={28} />
      )}
      <div className="entry-words">
        <p className="entry-what">{whatWords(entry, words)}</p>
        <p className="soft small">
          {[entry.program === undefined ? activity.you : programTitle(entry.program), service, entry.account]
            .filter((text) => text !== undefined)
            .join(' · ')}
        </p>
        {trouble === undefined ? null : <p className="entry-trouble small">{trouble}</p>}
      </div>
      {entry.what !== 'tool' ? null : isCalm(entry) ? (
        <Badge tone="calm" icon="removed">
          {activity.takenBack}
        </Badge>
      ) : trouble === undefined ? (
        <Badge tone="good" icon="check">
          {activity.done}
        </Badge>
      ) : (
        <Badge tone="notice" icon="attention">
          {activity.failed}
        </Badge>
      )}
    </li>
  );
});
