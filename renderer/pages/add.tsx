/** Adding a service: Conexor stands open, the other ways below it; then what scripts use, which no assistant speaks to. */
import { type ReactNode, useState } from 'react';
import type { ServiceView } from '../../shared/ways-in.ts';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { PageHead, Section } from '../parts/blocks.tsx';
import { Mark } from '../parts/mark.tsx';
import { serviceNameNow } from '../services/names.ts';
import { useServices } from '../ways-in/use-services.ts';
import { useWords } from '../words/use-words.ts';
import { ConexorForm } from './add-conexor.tsx';
import { FoundInClaude } from './add-found.tsx';
import { ServiceForm } from './add-other.tsx';
import { PasteForm } from './add-paste.tsx';
import { PracticeForm } from './add-practice.tsx';
import { WayCard } from './add-way-card.tsx';
import { leadOf, titleOf } from './service-titles.ts';
import { type Connect, type OnConnected, useConnect } from './use-connect.ts';

/** `target` is filled in; another link fills in another one. */
export function AddPage({ target }: { readonly target?: string | undefined }) {
  return <Ways key={target ?? ''} target={target} />;
}

/** Those that stand in every list; the others are called by their service's id. */
const ownWays = new Set(['conexor', 'mcp']);

function Ways({ target }: { readonly target: string | undefined }) {
  const words = useWords();
  const { add } = words;
  const services = useServices() ?? [];
  const [open, onOpen] = useState(target === undefined ? 'conexor' : 'other');
  const connected: OnConnected = (connection, added) => {
    if (!added) announce(add.known(serviceNameNow(connection.id) || connection.title));
    showPage({ name: 'service', connection: connection.id });
  };
  const way = { open, onOpen };
  const byId = (id: string) => services.find((one) => one.id === id);
  const real = services.filter(({ id, practice }) => !practice && !ownWays.has(id));
  const card = (service: ServiceView) => (
    <WayCard
      {...way}
      key={service.id}
      way={service.id}
      picture={service.speaks === 'rest' ? 'script' : 'services'}
      title={titleOf(service, words)}
      lead={leadOf(service, words)}
    >
      <Connecting onConnected={connected}>
        {(connect) => <ServiceForm connect={connect} service={service} />}
      </Connecting>
    </WayCard>
  );
  const rest = real.filter(({ speaks }) => speaks === 'rest');
  return (
    <>
      <PageHead
        title={add.title}
        lead={add.lead}
        back={{ label: words.window.way.services, page: { name: 'services' } }}
      />
      <div className="stack">
        <WayCard {...way} way="conexor" picture={<Mark size={20} />} title={add.conexor.title} lead={add.conexor.lead}>
          <Connecting onConnected={connected}>
            {(connect) => <ConexorForm connect={connect} service={byId('conexor')} />}
          </Connecting>
        </WayCard>
        <WayCard {...way} way="other" picture="services" title={add.other.title} lead={add.other.lead}>
          <Connecting onConnected={connected}>
            {(connect) => (
              <ServiceForm
                connect={connect}
                service={byId('mcp')}
                byAddress
                {...(target === undefined ? {} : { target })}
              />
            )}
          </Connecting>
        </WayCard>
        <WayCard {...way} way="paste" picture="copy" title={add.paste.title} lead={add.paste.lead}>
          <Connecting onConnected={connected}>{(connect) => <PasteForm connect={connect} />}</Connecting>
        </WayCard>
        <WayCard {...way} way="practice" picture="resume" title={add.practice.title} lead={add.practice.lead}>
          <PracticeForm onConnected={connected} services={services.filter(({ practice }) => practice)} />
        </WayCard>
        {real.filter(({ speaks }) => speaks === 'mcp').map(card)}
      </div>
      <FoundInClaude />
      {rest.length > 0 ? (
        <Section title={add.rest.title} hint={add.rest.hint}>
          <div className="stack">{rest.map(card)}</div>
        </Section>
      ) : null}
    </>
  );
}

/** Each way has its own attempt, so that its outcome stands where it was asked for. */
function Connecting(props: { readonly onConnected: OnConnected; readonly children: (connect: Connect) => ReactNode }) {
  return props.children(useConnect(props.onConnected));
}
