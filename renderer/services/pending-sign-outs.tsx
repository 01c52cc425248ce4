/** Sign-outs that no service has confirmed yet: the queue survives a restart, and is shown for as long (rule 8). */
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { Card, Row, Section } from '../parts/blocks.tsx';
import { Icon } from '../parts/icon.tsx';
import { hourOf, useWords } from '../words/use-words.ts';

export function PendingSignOuts() {
  const pending = useSelected(({ snapshot }) => snapshot.pendingRevocations);
  const words = useWords();
  const nowMs = useNow();
  const { queue } = words.services;
  if (pending.length === 0) return null;
  return (
    <Section title={queue.title} hint={queue.hint}>
      <Card>
        {pending.map(({ id, subject, host, nextAttemptAtMs }) => (
          <Row
            key={id}
            picture={
              <span className="row-icon">
                <Icon name="waiting" />
              </span>
            }
            title={subject}
          >
            <p>
              {nextAttemptAtMs > nowMs ? queue.waiting(host, hourOf(nextAttemptAtMs, words)) : queue.waitingNow(host)}
            </p>
          </Row>
        ))}
      </Card>
    </Section>
  );
}
