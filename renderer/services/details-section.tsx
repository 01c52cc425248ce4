/** What only some people need: raw scopes, times, host and address, tools, diagnostics. Folded away (rule 1). */
import { useState } from 'react';
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';
import type { WindowResult } from '../../shared/window.ts';
import { instant } from '../../shared/words/times.ts';
import { ask } from '../client/client.ts';
import { showPage } from '../frame/page-store.ts';
import { Facts, Fold } from '../parts/blocks.tsx';
import { BusyLine } from '../parts/busy-line.tsx';
import { Button } from '../parts/button.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { RegistrationFacts } from './registration-facts.tsx';

type Tools = WindowResult<'tools'>['tools'];

export function DetailsSection({ connection }: { readonly connection: ConnectionView }) {
  const words = useWords();
  const { details } = words.services;
  const [tools, setTools] = useState<Tools>();
  const [registration, setRegistration] = useState<WindowResult<'registration'>>();
  const task = useTask();
  const hasTools = connection.speaks === 'mcp';
  const askTools = () => {
    if (tools || !hasTools) return;
    task.run(async (signal) => {
      const answer = await ask('tools', { connection: connection.id });
      if (!signal.aborted) setTools(answer.tools);
    });
  };
  const open = () => {
    askTools();
    // Where Conexor is not known by a client ID, there is nothing to show.
    ask('registration', { connection: connection.id, action: 'read' }).then(setRegistration, () => undefined);
  };
  const current = connection.accounts.find((account) => account.current);
  const time = (atMs: number | undefined, without: string) =>
    atMs === undefined ? without : <time dateTime={new Date(atMs).toISOString()}>{instant(atMs, words.locale)}</time>;
  return (
    <section className="section">
      <Fold title={details.title} onOpen={open}>
        <Facts
          facts={[
            ...(current
              ? ([
                  [details.asked, <Scopes key="asked" scopes={current.requestedScopes} />],
                  [details.granted, <Scopes key="granted" scopes={current.grantedScopes} />],
                  [
                    details.expires,
                    time(current.expiresAtMs, current.renewsItself ? details.renews : details.endUnknown),
                  ],
                  [details.refreshed, time(refreshedAtMs(current), details.never)],
                  [details.since, time(current.addedAtMs, details.never)],
                ] as const)
              : []),
            [details.host, <code key="host">{connection.host}</code>],
            [details.address, <code key="address">{connection.resource}</code>],
            [details.name, <code key="name">{connection.name}</code>],
            ...(hasTools ? ([[details.tools, <ToolList key="tools" tools={tools} />]] as const) : []),
          ]}
        />
        {registration ? <RegistrationFacts connection={connection.id} registration={registration} /> : null}
        <BusyLine task={task} words={details.toolsAsking} />
        {task.fault ? (
          <FaultNotice fault={task.fault} action={{ label: words.window.tryAgain, onPress: askTools }} />
        ) : null}
        <div className="after-card">
          <Button icon="copy" onPress={() => showPage({ name: 'diagnostics' })}>
            {details.diagnostics}
          </Button>
        </div>
      </Fold>
    </section>
  );
}

/** Undefined for what nobody renews, and while it is the access of the first sign-in. */
function refreshedAtMs({ wayIn, addedAtMs, lastRefreshAtMs }: AccountView): number | undefined {
  const isGiven = wayIn === 'access-token' || wayIn === 'api-key';
  return isGiven || lastRefreshAtMs === undefined || lastRefreshAtMs <= addedAtMs ? undefined : lastRefreshAtMs;
}

function Scopes({ scopes }: { readonly scopes: readonly string[] }) {
  if (scopes.length === 0) return <span>–</span>;
  return (
    <span className="scopes">
      {scopes.map((scope) => (
        <code key={scope}>{scope}</code>
      ))}
    </span>
  );
}

function ToolList({ tools }: { readonly tools: Tools | undefined }) {
  const { details } = useWords().services;
  if (!tools) return null;
  if (tools.length === 0) return details.toolsNone;
  return (
    <ul className="tools">
      {tools.map(({ name, readOnly, destructive }) => (
        <li key={name}>
          <code>{name}</code>
          {destructive ? <span className="soft">{details.destructive}</span> : null}
          {readOnly && !destructive ? <span className="soft">{details.readOnly}</span> : null}
        </li>
      ))}
    </ul>
  );
}
