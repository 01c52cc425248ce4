/** The practice services that come with Conexor: one press for the first, the others for practising other ways in. */
import { useState } from 'react';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import type { GivenFields, ServiceView } from '../../shared/ways-in.ts';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useWords } from '../words/use-words.ts';
import { ServiceForm } from './add-other.tsx';
import { practiceChoice } from './service-titles.ts';
import { type OnConnected, useConnect } from './use-connect.ts';

const { conexor, connexease, api } = practiceCredentials;

/** By the id of the practice service. */
const known: Readonly<Record<string, GivenFields>> = {
  practice: {
    'client-id': conexor.clientId,
    'client-secret': conexor.clientSecret,
    email: conexor.email,
    password: conexor.password,
    'api-key': conexor.apiKey,
  },
  'practice-agent': { 'api-key': conexor.agentKey },
  'practice-connexease': {
    'access-token': connexease.accessToken,
    username: connexease.username,
    password: connexease.password,
  },
  'practice-api': { 'client-id': api.clientId, 'client-secret': api.clientSecret },
};

interface PracticeProps {
  readonly onConnected: OnConnected;
  readonly services: readonly ServiceView[];
}

export function PracticeForm({ onConnected, services }: PracticeProps) {
  const words = useWords().add;
  const connect = useConnect(onConnected);
  const { task } = connect;
  const [first] = services;
  return (
    <>
      <Button tone="primary" busy={task.running} onPress={() => connect.connect({ kind: 'practice' })}>
        {words.practice.start}
      </Button>
      <TaskLine task={task} words={words.asking} />
      {first ? (
        <div className="after-card">
          <Fold title={words.practice.more}>
            <OtherPractice onConnected={onConnected} services={services} first={first} />
          </Fold>
        </div>
      ) : null}
    </>
  );
}

/** Its outcome stands here, not at the button above. */
function OtherPractice(props: PracticeProps & { readonly first: ServiceView }) {
  const words = useWords();
  const connect = useConnect(props.onConnected);
  const [id, setId] = useState(props.first.id);
  const service = props.services.find((one) => one.id === id) ?? props.first;
  return (
    <>
      <Select
        label={words.add.practice.which}
        value={service.id}
        options={props.services.map((one) => ({ value: one.id, label: practiceChoice(one, words) }))}
        onChange={(next) => {
          connect.task.clear();
          setId(next);
        }}
      />
      <p className="hint">{words.add.practice.typed}</p>
      <ServiceForm key={service.id} connect={connect} service={service} begin={known[service.id] ?? {}} />
    </>
  );
}
