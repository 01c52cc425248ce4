/** After the change, live: whether the app has really started Conexor, else the true cause and one next step. */
import type { ClientView } from '../../shared/clients.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { AskingProgram } from '../pages/asking-program.tsx';
import { askingUses } from '../pages/program-list.ts';
import { announce } from '../parts/announcer.tsx';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Switch } from '../parts/fields.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';
import { BrokenFile } from './broken-file.tsx';
import { isWaitedFor, verdictWords } from './client-actions.ts';
import { takeClient } from './clients-store.ts';
import { FileFacts } from './done-step.tsx';
import { OpenedWay } from './opened-way.tsx';
import type { SheetStep, StepProps } from './use-sheet.ts';
import { Watching } from './watching.tsx';

type Watched = Extract<SheetStep, { kind: 'watching' }>;

export function WatchingStep({ sheet, client, step }: StepProps & { readonly step: Watched }) {
  const words = useWords();
  const { clients } = words;
  const works = client.verdict === 'connected';
  const { opened, changed } = step;
  const waits = isWaitedFor(client) || (opened !== undefined && opened.way !== 'copy' && !works);
  return (
    <>
      {opened && !works ? <OpenedWay opened={opened} client={client} sheet={sheet} /> : null}
      {opened && !works ? null : (
        <p className={works ? 'proven' : undefined}>
          {works ? <Icon name="check" /> : null}
          <span>{verdictWords(client, words).text}</span>
        </p>
      )}
      {changed?.failed.map(({ path, fault }) => (
        <Notice key={path} tone="notice" title={clients.sheet.partly}>
          <p>
            {fault.what} {fault.next}
          </p>
        </Notice>
      ))}
      <NextStep sheet={sheet} client={client} />
      {waits ? <Watching app={client.title} /> : null}
      <Fold title={clients.sheet.details}>
        <div className="stack">
          {changed ? <FileFacts changed={changed} /> : null}
          {client.closeFirst ? <RestoresSwitch client={client} /> : null}
          {!works && !opened && client.ways.includes('bundle') ? (
            <div>
              <p className="small">{clients.sheet.extension.instead}</p>
              <div className="buttons">
                <Button
                  onPress={() => {
                    sheet.setWay('bundle');
                    sheet.again('add');
                  }}
                >
                  {clients.sheet.extension.use}
                </Button>
              </div>
            </div>
          ) : null}
          {changed
            ? null
            : client.files.map(({ path, exists }) =>
                exists ? (
                  <code key={path} className="command">
                    {path}
                  </code>
                ) : null,
              )}
        </div>
      </Fold>
    </>
  );
}

/** The one thing that a person can do here about it; what is done in the app stands in the words. */
function NextStep({ sheet, client }: StepProps) {
  const { clients, window } = useWords();
  const task = useTask();
  switch (client.verdict) {
    case 'waiting-for-leave':
      return <Asking client={client} />;
    case 'refused':
      return <AllowAgain client={client} />;
    case 'entry-missing':
    case 'relay-gone':
      return (
        <div className="buttons">
          <Button tone="primary" onPress={() => sheet.again('back')}>
            {clients.sheet.verb.back}
          </Button>
        </div>
      );
    case 'not-added':
      return sheet.step.kind === 'watching' && sheet.step.opened ? null : (
        <div className="buttons">
          <Button tone="primary" onPress={() => sheet.again('add')}>
            {clients.sheet.verb.add(client.title)}
          </Button>
        </div>
      );
    case 'file-unusable': {
      const file = client.files.find(({ fault }) => fault);
      const planned = sheet.plan?.find(({ path }) => path === file?.path);
      return file ? <BrokenFile client={client} change={{ ...planned, ...file }} /> : null;
    }
    case 'not-found':
      return (
        <div className="buttons">
          <Button
            tone="primary"
            busy={task.running}
            onPress={() => task.run(async () => takeClient(await ask('verifyClient', { client: client.id })))}
          >
            {window.tryAgain}
          </Button>
        </div>
      );
    default:
      return null;
  }
}

/** Its first use of each service asks, here as everywhere. */
function Asking({ client }: { readonly client: ClientView }) {
  const snapshot = useSelected((state) => state.snapshot);
  const names = useServiceNames();
  return (
    <div className="stack">
      {askingUses(snapshot)
        .filter((use) => use.client.name === client.id || use.client.title === client.id)
        .map((use) => (
          <AskingProgram
            key={`${use.connection.id} ${use.client.name}`}
            use={use}
            service={names.get(use.connection.id) ?? use.connection.title}
          />
        ))}
    </div>
  );
}

function AllowAgain({ client }: { readonly client: ClientView }) {
  const { clients } = useWords();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const task = useTask();
  const refused = connections.flatMap(({ id, clients: uses }) =>
    uses.filter(({ name, access }) => name === client.id && access === 'refused').map(({ door }) => ({ id, door })),
  );
  const allow = () =>
    task.run(async () => {
      for (const { id, door } of refused) {
        await ask('decideProgram', { connection: id, program: client.id, allow: true, door });
      }
      announce(clients.allowed(client.title));
      takeClient(await ask('verifyClient', { client: client.id }));
    });
  return (
    <>
      <div className="buttons">
        <Button tone="primary" busy={task.running} onPress={allow}>
          {clients.allowAgain}
        </Button>
      </div>
      <TaskLine task={task} />
    </>
  );
}

function RestoresSwitch({ client }: { readonly client: ClientView }) {
  const { sheet } = useWords().clients;
  const task = useTask();
  return (
    <div>
      <Switch
        label={sheet.restores}
        hint={sheet.restoresHint}
        on={client.restores}
        onChange={(on) =>
          task.run(async () => {
            takeClient(await ask('setClientRestores', { client: client.id, on }));
            announce(on ? sheet.restoresOn : sheet.restoresOff);
          })
        }
      />
      <TaskLine task={task} />
    </div>
  );
}
