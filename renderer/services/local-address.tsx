/** The two doors of a web API: two tools for assistants, and for scripts an address on this computer that adds the access. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { Fold, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { useWords } from '../words/use-words.ts';

export function LocalAddressSection({
  connection,
  service,
}: {
  readonly connection: ConnectionView;
  readonly service: string;
}) {
  const { signIn, waysIn } = useWords();
  const { local } = waysIn;
  return (
    <Section title={local.title} hint={local.assistants(service)}>
      <div className="buttons">
        <Button icon="apps" onPress={() => showPage({ name: 'help', topic: 'connect' })}>
          {signIn.done.connectApp}
        </Button>
      </div>
      <p className="small after-card">{local.text(service)}</p>
      <LocalAddress connection={connection} />
    </Section>
  );
}

/** The address to copy, and one call as an example. */
export function LocalAddress({ connection }: { readonly connection: Pick<ConnectionView, 'name'> }) {
  const { local } = useWords().waysIn;
  const httpUrl = useSelected(({ app }) => app.httpUrl);
  const address = `${httpUrl}/api/${connection.name}/`;
  const keyLine = `npx conexor url ${connection.name} --client n8n`;
  const call = `curl -H "Authorization: Bearer ${local.key}" ${address}`;
  return (
    <>
      <div className="copy-line">
        <code className="command">{address}</code>
        <CopyButton label={local.copy} text={address} />
      </div>
      <Fold title={local.example}>
        <p className="small">{local.exampleText}</p>
        <div className="copy-line">
          <code className="command">{keyLine}</code>
          <CopyButton label={local.copyLine} text={keyLine} />
        </div>
        <p className="small">{local.exampleCall}</p>
        <div className="copy-line">
          <code className="command">{call}</code>
          <CopyButton label={local.copyLine} text={call} />
        </div>
      </Fold>
    </>
  );
}
