/** What is to be said of the place where sign-ins are kept: locked, not kept at all, or set aside because unreadable. */
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

/** Instead of the list: nothing can be shown before it is unlocked. */
export function LockedCard() {
  const words = useWords().services.locked;
  const task = useTask();
  return (
    <section className="empty" aria-label={words.title}>
      <span className="empty-icon tone-notice">
        <Icon name="lock" size={28} />
      </span>
      <h2>{words.title}</h2>
      <p>{words.text}</p>
      <div className="empty-actions">
        <Button tone="primary" busy={task.running} onPress={() => task.run(async () => void (await ask('unlock', {})))}>
          {words.unlock}
        </Button>
      </div>
      <TaskLine task={task} words={words.waiting} />
    </section>
  );
}

export function VaultNotice() {
  const vault = useSelected(({ snapshot }) => snapshot.vault);
  const { memory, setAside } = useWords().services;
  if (vault.kind === 'memory') {
    return (
      <Notice
        tone="notice"
        title={memory.title}
        action={{ label: memory.more, onPress: () => showPage({ name: 'help', topic: 'keychain' }) }}
      >
        <p>{memory.text}</p>
      </Notice>
    );
  }
  if (vault.kind === 'locked' || vault.note === undefined) return null;
  return (
    <Notice tone="notice" title={setAside.title}>
      <p>{setAside.text}</p>
    </Notice>
  );
}
