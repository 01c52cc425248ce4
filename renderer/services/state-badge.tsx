/** The state of a service: one of the closed set, as a word and a shape (rule 13: not by colour alone). */
import type { ConnectionView, State } from '../../shared/snapshot.ts';
import { hasNoneInUse } from '../../shared/state-of-things.ts';
import { useNow } from '../client/clock.ts';
import { Badge } from '../parts/badge.tsx';
import type { IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';

const looks: Readonly<Record<State, readonly [Tone, IconName]>> = {
  connected: ['good', 'check'],
  'signing-in': ['calm', 'waiting'],
  'sign-in-again': ['notice', 'sign-in'],
  'permission-needed': ['notice', 'key'],
  paused: ['calm', 'pause'],
  unreachable: ['notice', 'no-signal'],
  'plan-limit': ['notice', 'limit'],
  'removed-by-service': ['notice', 'removed'],
  'keychain-locked': ['notice', 'lock'],
};

type Shown = Pick<ConnectionView, 'state' | 'accounts' | 'access' | 'retryAtMs'>;

export function StateBadge({ of }: { readonly of: Shown }) {
  const all = useWords();
  const words = all.states;
  if (of.state === 'unreachable') return <RetryBadge atMs={of.retryAtMs} />;
  if (isSignedOut(of)) {
    return (
      <Badge tone="calm" icon="nobody">
        {words.notSignedIn}
      </Badge>
    );
  }
  if (hasNoneInUse(of)) {
    return (
      <Badge tone="calm" icon="nobody">
        {all.services.accounts.noneInUse}
      </Badge>
    );
  }
  const [tone, icon] = looks[of.state];
  return (
    <Badge tone={tone} icon={icon}>
      {words.name[of.state]}
    </Badge>
  );
}

/** Nobody has signed in yet, or everybody has signed out on purpose: no problem. */
export function isSignedOut(of: Shown): boolean {
  return of.access === 'sign-in' && of.accounts.length === 0 && of.state === 'sign-in-again';
}

function RetryBadge({ atMs }: { readonly atMs: number | undefined }) {
  const words = useWords();
  const nowMs = useNow(1_000);
  const seconds = atMs === undefined ? 0 : Math.ceil((atMs - nowMs) / 1_000);
  return (
    <Badge tone="notice" icon="no-signal">
      {seconds > 0 ? words.states.name.unreachable(seconds) : words.services.retryingNow}
    </Badge>
  );
}
