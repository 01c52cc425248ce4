/** Help without the internet: short topics, one of them open where somebody was sent to it. */
import { useEffect, useRef, useState } from 'react';
import type { HelpPage as OutsidePage } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { PageLink } from '../frame/page-link.tsx';
import { announce } from '../parts/announcer.tsx';
import { Card, Fold, PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { FaultNotice, Notice } from '../parts/notice.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { ConnectCommands } from './connect-commands.tsx';

type Topic = keyof ReturnType<typeof useWords>['help']['topics'];

/** Pages elsewhere that say more, opened only when the person presses. */
const links: Partial<Record<Topic, readonly OutsidePage[]>> = {
  what: ['conexor'],
  connect: ['claude'],
  plan: ['conexor-plans'],
};

/** What was opened stays open while one looks at another page, for as long as the window lives. */
const opened = new Set<Topic>();

export function HelpPage({ topic }: { readonly topic?: string | undefined }) {
  const words = useWords().help;
  const topics = Object.keys(words.topics) as Topic[];
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <Card>
        {topics.map((one) => (
          <TopicFold key={`${one}${one === topic}`} topic={one} isWanted={one === topic} />
        ))}
      </Card>
      <p className="after-card">
        <PageLink page={{ name: 'diagnostics' }}>{words.diagnostics}</PageLink>
      </p>
    </>
  );
}

function TopicFold({ topic, isWanted }: { readonly topic: Topic; readonly isWanted: boolean }) {
  const words = useWords().help;
  const texts = words.topics[topic];
  const { title, text } = texts;
  const newPrograms = useSelected(({ app }) => app.newPrograms);
  const place = useRef<HTMLDetailsElement>(null);
  // Once: a topic that is read is not moved.
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isWanted]);
  return (
    <details
      className="topic"
      open={isWanted || opened.has(topic)}
      ref={place}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) opened.add(topic);
        else opened.delete(topic);
      }}
    >
      <summary>
        <h2>{title}</h2>
        <Icon name="down" size={16} />
      </summary>
      <div className="topic-text">
        {text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {'firstTime' in texts ? <p>{texts.firstTime[newPrograms]}</p> : null}
        <TopicDetails topic={topic} />
        {(links[topic] ?? []).map((page) => (
          <OutsideLink key={page} page={page} />
        ))}
      </div>
    </details>
  );
}

/** What only experts need. */
function TopicDetails({ topic }: { readonly topic: Topic }) {
  const words = useWords().help;
  const dataDir = useSelected(({ app }) => app.dataDir);
  const texts = words.topics[topic];
  if (!('details' in texts)) return null;
  return (
    <Fold title={words.details}>
      <p className="small">{texts.details}</p>
      {topic === 'connect' ? <ConnectCommands /> : null}
      {topic === 'where' ? (
        <div className="copy-line">
          <code className="command">{dataDir}</code>
          <CopyButton label={words.copy} text={dataDir} />
        </div>
      ) : null}
    </Fold>
  );
}

function OutsideLink({ page }: { readonly page: OutsidePage }) {
  const words = useWords().help;
  const task = useTask();
  const [notOpened, setNotOpened] = useState<string>();
  const open = () =>
    task.run(async (signal) => {
      setNotOpened(undefined);
      const { opened, url } = await ask('openHelp', { page });
      if (signal.aborted) return;
      if (opened) announce(words.linkOpened);
      else setNotOpened(url);
    });
  return (
    <div>
      <Button tone="quiet" icon="outside" busy={task.running} onPress={open}>
        {words.links[page]}
      </Button>
      {notOpened === undefined ? null : <Notice tone="notice" title={words.linkNotOpened(notOpened)} />}
      {task.fault ? <FaultNotice fault={task.fault} /> : null}
    </div>
  );
}
