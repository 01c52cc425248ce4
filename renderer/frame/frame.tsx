/** The window's frame: the ways to its pages, and the page in its panel. */
import { type ReactNode, useEffect } from 'react';
import type { Page } from '../../shared/pages.ts';
import { problemsOf } from '../../shared/state-of-things.ts';
import { useSelected } from '../client/state.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { PageLink } from './page-link.tsx';
import { usePage } from './page-store.ts';
import { Questions } from './questions.tsx';

type Way = 'services' | 'programs' | 'activity' | 'settings' | 'help';

const ways: readonly { readonly way: Way; readonly icon: IconName }[] = [
  { way: 'services', icon: 'services' },
  { way: 'programs', icon: 'apps' },
  { way: 'activity', icon: 'activity' },
  { way: 'settings', icon: 'settings' },
  { way: 'help', icon: 'help' },
];

/** The way under which a page lies. */
const wayOf: Readonly<Record<Page['name'], Way>> = {
  services: 'services',
  service: 'services',
  add: 'services',
  programs: 'programs',
  activity: 'activity',
  settings: 'settings',
  help: 'help',
  diagnostics: 'help',
};

export function Frame({ children }: { readonly children: ReactNode }) {
  const page = usePage();
  const words = useWords().window;
  const snapshot = useSelected((state) => state.snapshot);
  const missing = useSelected((state) => state.missing.length);
  const { services, asking } = problemsOf(snapshot);
  useEffect(() => {
    document.addEventListener('keydown', focusPanel);
    return () => document.removeEventListener('keydown', focusPanel);
  }, []);
  const counts: Partial<Record<Way, number>> = { services, programs: asking + missing };
  return (
    <div className="frame">
      <nav className="side" aria-label={words.pages}>
        <div className="brand">
          <Mark />
          <span>{words.name}</span>
        </div>
        <ul className="ways">
          {ways.map(({ way, icon }) => (
            <li key={way}>
              <PageLink className="way" page={{ name: way }} current={wayOf[page.name] === way}>
                <Icon name={icon} />
                <span>{words.way[way]}</span>
                <Count count={counts[way] ?? 0} />
              </PageLink>
            </li>
          ))}
        </ul>
      </nav>
      <main className="panel" tabIndex={-1}>
        <div className="page">
          <Questions />
          {children}
        </div>
      </main>
    </div>
  );
}

/** The beginning of the page that is shown. */
export function scrollToTop(): void {
  window.scrollTo(0, 0);
  panel()?.scrollTo(0, 0);
}

const scrollKeys = new Set(['PageDown', 'PageUp', 'ArrowDown', 'ArrowUp', 'Home', 'End', ' ']);

/** While nothing has the focus, the keys that scroll are the panel's, as they would be the page's. */
function focusPanel(event: KeyboardEvent): void {
  if (event.target === document.body && scrollKeys.has(event.key)) panel()?.focus({ preventScroll: true });
}

function panel(): HTMLElement | null {
  return document.querySelector<HTMLElement>('.panel');
}

function Count({ count }: { readonly count: number }) {
  const words = useWords().window;
  if (count === 0) return null;
  return (
    <span className="count" data-decoration="">
      <span aria-hidden="true">{count}</span>
      <span className="unseen">{words.needAttention(count)}</span>
    </span>
  );
}
