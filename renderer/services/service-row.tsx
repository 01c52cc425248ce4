/**
 * One service in the list: name, account, state, what it may do, when to sign in again, which apps use it, one main
 * action. Rendered again only when something of its own has changed.
 */
import { memo } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { shownState } from '../../shared/state-of-things.ts';
import { expiryWords } from '../../shared/words/times.ts';
import { useSelected } from '../client/state.ts';
import { PageLink } from '../frame/page-link.tsx';
import { Breakable } from '../parts/breakable.tsx';
import { Icon } from '../parts/icon.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { serviceItemId } from '../sign-in/tell-outcome.ts';
import { useWords } from '../words/use-words.ts';
import { MainAction } from './main-action.tsx';
import { AppsLine, MayLine } from './row-lines.tsx';
import { StateBadge } from './state-badge.tsx';
import { WaitingLine } from './waiting-line.tsx';

interface ServiceRowProps {
  readonly connection: ConnectionView;
  readonly service: string;
  /** To the minute. */
  readonly nowMs: number;
}

export const ServiceRow = memo(function ServiceRow({ connection, service, nowMs }: ServiceRowProps) {
  const words = useWords();
  const current = connection.accounts.find((account) => account.current);
  const vault = useSelected(({ snapshot }) => snapshot.vault.kind);
  const state = shownState(connection);
  const titleId = `title-${connection.id}`;
  return (
    <li className="service" data-place="" id={serviceItemId(connection.id)} tabIndex={-1} aria-labelledby={titleId}>
      <Monogram name={service} />
      <div className="service-body">
        <div className="service-line">
          <div className="service-words">
            <h2 id={titleId}>
              <PageLink className="service-link" page={{ name: 'service', connection: connection.id }}>
                {service}
              </PageLink>
            </h2>
            <AccountLine connection={connection} />
          </div>
          <StateBadge of={{ ...connection, state }} />
        </div>
        <div className="service-line">
          <div className="service-words">
            {current ? <MayLine scopes={current.grantedScopes} /> : null}
            <div className="service-facts">
              {current && state !== 'signing-in' ? (
                <p className="fact">
                  <Icon name="shield" size={14} />
                  <span>{expiryWords(current, nowMs, words, vault)}</span>
                </p>
              ) : null}
              {current || connection.access === 'none' ? (
                <AppsLine clients={connection.clients} accounts={connection.accounts} nowMs={nowMs} />
              ) : null}
            </div>
          </div>
          <MainAction connection={connection} service={service} />
        </div>
        {connection.state === 'signing-in' ? <WaitingLine connection={connection} /> : null}
      </div>
    </li>
  );
});

function AccountLine({ connection }: { readonly connection: ConnectionView }) {
  const words = useWords().services;
  const { accounts } = connection;
  const current = accounts.find((account) => account.current);
  const others = accounts.length - 1;
  if (connection.access === 'none') return <p className="service-account">{words.noSignInNeeded}</p>;
  if (!current) return null;
  return (
    <p className="service-account">
      <span>
        <Breakable text={current.label} />
      </span>
      {others > 0 ? <span className="more">{words.otherAccounts(others)}</span> : null}
    </p>
  );
}
