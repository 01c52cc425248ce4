/** The text for somebody who helps: collected here, read and changed by the person, copied, never sent. */
import { useEffect, useState } from 'react';
import { ask } from '../client/client.ts';
import { PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Field } from '../parts/fields.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

export function DiagnosticsPage() {
  const all = useWords();
  const words = all.diagnostics;
  const task = useTask();
  const [text, setText] = useState<string>();
  const collect = () =>
    task.run(async (signal) => {
      const answer = await ask('diagnostics', {});
      if (!signal.aborted) setText(answer.text);
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when one comes to the page
  useEffect(collect, []);
  return (
    <>
      <PageHead title={words.title} lead={words.lead} back={{ label: all.help.title, page: { name: 'help' } }} />
      <div className="two-columns">
        <Contents icon="check" title={words.inIt} items={words.inItList} />
        <Contents icon="shield" title={words.notInIt} items={words.notInItList} />
      </div>
      <TaskLine task={task} words={words.collecting} action={{ label: words.again, onPress: collect }} />
      {text === undefined ? null : (
        <>
          <Field label={words.text} hint={words.textNote} lines={14} value={text} onChange={setText} />
          <div className="buttons">
            <CopyButton tone="primary" label={words.copy} text={text} />
            <Button tone="quiet" icon="retry" busy={task.running} onPress={collect}>
              {words.again}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

function Contents(props: { readonly icon: IconName; readonly title: string; readonly items: readonly string[] }) {
  return (
    <section>
      <h2>{props.title}</h2>
      <ul className="points">
        {props.items.map((item) => (
          <li key={item}>
            <Icon name={props.icon} size={16} />
            <span>{item}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
