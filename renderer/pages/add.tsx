/** Adding a service: Conexor stands open, the other ways below it. */
import { type ReactNode, useState } from 'react';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { serviceNameNow } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';
import { ConexorForm } from './add-conexor.tsx';
import { OtherForm } from './add-other.tsx';
import { PasteForm } from './add-paste.tsx';
import { type Connect, useConnect } from './use-connect.ts';

type Way = 'conexor' | 'other' | 'paste' | 'practice';

/** `target` is filled in; another link fills in another one. */
export function AddPage({ target }: { readonly target?: string | undefined }) {
  return <Ways key={target ?? ''} target={target} />;
}

function Ways({ target }: { readonly target: string | undefined }) {
  const words = useWords();
  const { add } = words;
  const [open, setOpen] = useState<Way>(target === undefined ? 'conexor' : 'other');
  const connected: Parameters<typeof useConnect>[0] = (connection, added) => {
    if (!added) announce(add.known(serviceNameNow(connection.id) || connection.title));
    showPage({ name: 'service', connection: connection.id });
  };
  const way = { open, onOpen: setOpen };
  return (
    <>
      <PageHead
        title={add.title}
        lead={add.lead}
        back={{ label: words.window.way.services, page: { name: 'services' } }}
      />
      <div className="stack">
        <WayCard {...way} way="conexor" picture={<Mark size={20} />} title={add.conexor.title} lead={add.conexor.lead}>
          <Connecting onConnected={connected}>{(connect) => <ConexorForm connect={connect} />}</Connecting>
        </WayCard>
        <WayCard {...way} way="other" picture="services" title={add.other.title} lead={add.other.lead}>
          <Connecting onConnected={connected}>
            {(connect) => <OtherForm connect={connect} {...(target === undefined ? {} : { target })} />}
          </Connecting>
        </WayCard>
        <WayCard {...way} way="paste" picture="copy" title={add.paste.title} lead={add.paste.lead}>
          <Connecting onConnected={connected}>{(connect) => <PasteForm connect={connect} />}</Connecting>
        </WayCard>
        <WayCard {...way} way="practice" picture="resume" title={add.practice.title} lead={add.practice.lead}>
          <Connecting onConnected={connected}>{(connect) => <PracticeForm connect={connect} />}</Connecting>
        </WayCard>
      </div>
    </>
  );
}

/** Each way has its own attempt, so that its outcome stands where it was asked for. */
function Connecting(props: {
  readonly onConnected: Parameters<typeof useConnect>[0];
  readonly children: (connect: Connect) => ReactNode;
}) {
  return props.children(useConnect(props.onConnected));
}

function WayCard(props: {
  readonly way: Way;
  readonly open: Way;
  readonly onOpen: (way: Way) => void;
  readonly picture: IconName | ReactNode;
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  const { way, picture } = props;
  return (
    <details
      className="way-card"
      name="ways"
      open={props.open === way}
      onToggle={(event) => {
        if (event.currentTarget.open) props.onOpen(way);
      }}
    >
      <summary>
        <span className="way-picture">
          {typeof picture === 'string' ? <Icon name={picture as IconName} /> : picture}
        </span>
        <span className="way-words">
          <h2>{props.title}</h2>
          <span className="soft small">{props.lead}</span>
        </span>
        <Icon name="down" size={16} />
      </summary>
      <div className="way-body">{props.children}</div>
    </details>
  );
}

function PracticeForm({ connect }: { readonly connect: Connect }) {
  const words = useWords().add;
  const { task } = connect;
  return (
    <>
      <Button tone="primary" busy={task.running} onPress={() => connect.connect({ kind: 'practice' })}>
        {words.practice.start}
      </Button>
      <TaskLine task={task} words={words.asking} />
    </>
  );
}
