/** The window: which page stands in the frame, or what fills the window instead of it. */
import { useEffect, useRef, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import type { Page } from '../shared/pages.ts';
import { useHasState, useLink, useWindowState } from './client/state.ts';
import { ClientSheet } from './clients/client-sheet.tsx';
import { Ended, Gone, NoKey, PageGuard, Starting } from './frame/alone.tsx';
import { Frame, scrollToTop } from './frame/frame.tsx';
import { usePage, useReady } from './frame/page-store.ts';
import { useTitle } from './frame/title.ts';
import { ActivityPage } from './pages/activity.tsx';
import { AddPage } from './pages/add.tsx';
import { DiagnosticsPage } from './pages/diagnostics.tsx';
import { FirstRunPage } from './pages/first-run.tsx';
import { isReadyToUse } from './pages/first-run-ready.tsx';
import { HelpPage } from './pages/help.tsx';
import { ProgramsPage } from './pages/programs.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { Announcer } from './parts/announcer.tsx';
import { useServiceNames } from './services/names.ts';
import { ServicePage } from './services/service-page.tsx';
import { ServicesPage } from './services/services-page.tsx';
import { SignInSheet } from './sign-in/sign-in-sheet.tsx';
import { useWords } from './words/use-words.ts';

export function App() {
  const link = useLink();
  const started = useHasState();
  const words = useWords();
  if (link === 'no-key') return <NoKey />;
  if (link === 'gone') return <Gone />;
  if (link === 'ended') return <Ended />;
  if (!started) return <Starting />;
  return (
    <I18nProvider locale={words.locale}>
      <PageGuard>
        <Window />
      </PageGuard>
      <Announcer />
    </I18nProvider>
  );
}

function Window() {
  const { settings, snapshot, app } = useWindowState();
  // Decided once: the first service that is added during the first run must not end it. Behind a locked keychain
  // nobody knows yet whether there are services.
  const [firstRun, setFirstRun] = useState<boolean>();
  if (firstRun === undefined && snapshot.vault.kind !== 'locked') {
    setFirstRun(!settings.firstRunDone && snapshot.connections.length === 0);
  }
  useEffect(() => {
    document.documentElement.lang = app.language;
  }, [app.language]);
  // Whoever went on from the first run's last page comes back to it by going back.
  const ready = useReady();
  const isBack = snapshot.connections.some((one) => one.id === ready && isReadyToUse(one));
  return (
    <>
      {(firstRun && !settings.firstRunDone) || isBack ? (
        <FirstRunPage ready={isBack ? ready : undefined} onLeft={() => setFirstRun(false)} />
      ) : (
        <FramedPage />
      )}
      <SignInSheet />
      <ClientSheet />
    </>
  );
}

function FramedPage() {
  const page = usePage();
  const place = page.name === 'service' ? `${page.name} ${page.connection}` : page.name;
  const before = useRef(place);
  useTitle(useTitleOf(page));
  // Where one has come to is read out, and Tab goes on from there.
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    scrollToTop();
    document.getElementById('page-title')?.focus();
  }, [place]);
  return (
    <Frame>
      <PageGuard key={place}>{contentOf(page)}</PageGuard>
    </Frame>
  );
}

/** A service is called as it is everywhere; a page as the way that leads there. */
function useTitleOf(page: Page): string {
  const words = useWords();
  const names = useServiceNames();
  if (page.name === 'service') return names.get(page.connection) ?? words.services.title;
  if (page.name === 'add' || page.name === 'diagnostics') return words[page.name].title;
  return words.window.way[page.name];
}

function contentOf(page: Page) {
  switch (page.name) {
    case 'services':
      return <ServicesPage />;
    case 'service':
      return <ServicePage connection={page.connection} dialog={page.dialog} />;
    case 'add':
      return <AddPage target={page.target} />;
    case 'programs':
      return <ProgramsPage />;
    case 'activity':
      return <ActivityPage />;
    case 'settings':
      return <SettingsPage />;
    case 'help':
      return <HelpPage topic={page.topic} />;
    case 'diagnostics':
      return <DiagnosticsPage />;
  }
}
