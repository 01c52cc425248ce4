/** The small lines of a service's row: what it may do, and which apps use it and when last. */
import { programTitle } from '../../shared/client-titles.ts';
import type { AccountView, ClientUse } from '../../shared/snapshot.ts';
import { permissionsOf } from '../../shared/words/permissions.ts';
import { ago } from '../../shared/words/times.ts';
import { Icon } from '../parts/icon.tsx';
import { useWords } from '../words/use-words.ts';

/** So many that a row stays two lines. */
const shownPermissions = 2;
const shownApps = 2;

export function MayLine({ scopes }: { readonly scopes: readonly string[] }) {
  const words = useWords();
  const { known, others } = permissionsOf(scopes, words.language);
  const shown = known.slice(0, shownPermissions);
  const more = known.length - shown.length + others;
  if (scopes.length === 0) return null;
  if (shown.length === 0) return <p className="service-may">{words.services.onlyDetails}</p>;
  return (
    <ul className="dots service-may" aria-label={words.services.may}>
      {shown.map((text) => (
        <li key={text}>{text}</li>
      ))}
      {more > 0 ? <li className="whole">{words.services.morePermissions(more)}</li> : null}
    </ul>
  );
}

interface AppsLineProps {
  readonly clients: readonly ClientUse[];
  /** One that an app keeps for itself, whatever the others use, is named. */
  readonly accounts: readonly AccountView[];
  readonly nowMs: number;
}

/** Those that may use it, the latest first. */
export function AppsLine({ clients, accounts, nowMs }: AppsLineProps) {
  const words = useWords();
  const allowed = clients
    .filter(({ access }) => access === 'allowed')
    .sort((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0));
  const more = allowed.length - shownApps;
  const nameOf = ({ name, accountId }: ClientUse) => {
    const own = accounts.find(({ id, current }) => id === accountId && !current);
    const title = programTitle(name);
    return own ? words.services.programAs(title, own.label) : title;
  };
  const hadAccess = clients.some(({ access, lastUsedAtMs }) => access === 'refused' || lastUsedAtMs !== undefined);
  return (
    <div className="fact">
      <Icon name="apps" size={14} />
      {allowed.length === 0 ? (
        <span>{hadAccess ? words.services.noAccess : words.services.noApps}</span>
      ) : (
        <ul className="dots" aria-label={words.services.apps}>
          {allowed.slice(0, shownApps).map((client) => (
            <li key={`${client.door} ${client.name}`}>
              {client.lastUsedAtMs === undefined
                ? words.services.allowedUnused(nameOf(client))
                : words.services.used(nameOf(client), ago(client.lastUsedAtMs, nowMs, words.locale))}
            </li>
          ))}
          {more > 0 ? <li className="whole">{words.services.moreApps(more)}</li> : null}
        </ul>
      )}
    </div>
  );
}
