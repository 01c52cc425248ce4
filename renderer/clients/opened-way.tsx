/** What became of a way other than the file: the app asks, an extension is to be installed, or a key is to be copied. */
import type { ClientView, OpenedWay as Opened } from '../../shared/clients.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { useWords } from '../words/use-words.ts';
import { ShowFile } from './done-step.tsx';
import type { SheetState } from './use-sheet.ts';

/** Until it works, the sheet is called after what is to be done. */
export function openedTitle(opened: Opened | undefined, client: ClientView, { clients }: WindowWords) {
  if (!opened || client.verdict === 'connected') return undefined;
  const { extension, title } = clients.sheet;
  return opened.way === 'bundle' ? extension.title(client.title) : title.add(client.title);
}

interface OpenedProps {
  readonly opened: Opened;
  readonly client: ClientView;
  readonly sheet: SheetState;
}

export function OpenedWay(props: OpenedProps) {
  const { opened, client } = props;
  const { sheet: texts } = useWords().clients;
  switch (opened.way) {
    case 'bundle':
      return <Extension path={opened.path} opened={opened.opened} client={client} />;
    case 'copy':
      return <AddressAndKey url={opened.url} secret={opened.key} app={client.title} />;
    case 'link':
      if (opened.opened) return <p>{texts.asked.link(client.title)}</p>;
      return (
        <ByHand {...props} text={opened.url} words={texts.asked.linkNot(client.title)} copy={texts.asked.copyLink} />
      );
    case 'command':
      if (opened.ran) return <p>{texts.asked.command(client.title)}</p>;
      return (
        <ByHand
          {...props}
          text={commandLine(opened.words)}
          words={texts.asked.commandNot(client.title)}
          copy={texts.asked.copyCommand}
        />
      );
  }
}

/** The app could not be reached: what it was to be asked can be copied, or its settings be changed. */
function ByHand(props: OpenedProps & { readonly text: string; readonly words: string; readonly copy: string }) {
  const { client, sheet } = props;
  const { sheet: texts } = useWords().clients;
  return (
    <>
      <p>{props.words}</p>
      <div className="buttons">
        <CopyButton label={props.copy} text={props.text} />
        {client.ways.includes('file') ? (
          <Button
            onPress={() => {
              sheet.setWay('file');
              sheet.again('add');
            }}
          >
            {texts.asked.toFile}
          </Button>
        ) : null}
      </div>
    </>
  );
}

function Extension(props: { readonly path: string; readonly opened: boolean; readonly client: ClientView }) {
  const { path, opened, client } = props;
  const { extension } = useWords().clients.sheet;
  return (
    <>
      <p>{opened ? `${extension.opened(client.title)} ${extension.yes}` : extension.notOpened(client.title)}</p>
      <ol className="steps">
        {extension.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3>{extension.file}</h3>
      <ShowFile client={client} path={path} named />
    </>
  );
}

/** The key lives in this sheet alone, and goes with it. */
function AddressAndKey(props: { readonly url: string; readonly secret: string; readonly app: string }) {
  const { key } = useWords().clients.sheet;
  return (
    <>
      <h3>{key.address}</h3>
      <div className="copy-line">
        <code className="command">{props.url}</code>
        <CopyButton label={key.copyAddress} text={props.url} />
      </div>
      <h3>{key.key}</h3>
      <div className="copy-line">
        <code className="command">{props.secret}</code>
        <CopyButton label={key.copyKey} text={props.secret} />
      </div>
      <p className="soft small">{key.once}</p>
      <Fold title={key.where(props.app)}>
        <p className="small">{key.hint(props.app)}</p>
        <p className="small">{key.docker(props.app)}</p>
      </Fold>
    </>
  );
}

/** A command line, not a text of the catalogue. */
function commandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:\\=@-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
