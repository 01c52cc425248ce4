/** What a service's current account may do, in people's words, and what an app needed besides. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { permissionOf, permissionsOf } from '../../shared/words/permissions.ts';
import { Section } from '../parts/blocks.tsx';
import { Notice } from '../parts/notice.tsx';
import { Permissions } from '../parts/permissions.tsx';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';

export function PermissionsSection({ connection }: { readonly connection: ConnectionView }) {
  const words = useWords();
  const { permissions } = words.services;
  const current = connection.accounts.find((account) => account.current);
  if (!current) return null;
  const { grantedScopes, neededScopes } = current;
  const named = permissionsOf(grantedScopes, words.language).known.length > 0;
  const needed = neededScopes.map((scope) => permissionOf(scope, words.language) ?? scope);
  return (
    <Section title={permissions.title}>
      {grantedScopes.length === 0 ? <p className="soft">{permissions.none}</p> : null}
      {grantedScopes.length > 0 && !named ? <p className="soft">{permissions.ownNames}</p> : null}
      <Permissions scopes={grantedScopes} label={permissions.title} others={permissions.others} />
      {needed.length > 0 && current.state === 'permission-needed' ? (
        <div className="after-card">
          <Notice
            tone="notice"
            icon="key"
            title={permissions.needed}
            action={{
              label: permissions.allow,
              onPress: () => openSignIn({ connection: connection.id, scopes: neededScopes }),
            }}
          >
            <ul>
              {needed.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </Notice>
        </div>
      ) : null}
    </Section>
  );
}
