/** A way to another page of the window: a real link, so that it reads and behaves as one. */
import type { ReactNode } from 'react';
import type { Page } from '../../shared/pages.ts';
import { addressOf, showPage } from './page-store.ts';

export function PageLink(props: {
  readonly page: Page;
  readonly children: ReactNode;
  readonly className?: string;
  readonly current?: boolean;
}) {
  return (
    <a
      href={addressOf(props.page)}
      className={props.className}
      aria-current={props.current ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        showPage(props.page);
      }}
    >
      {props.children}
    </a>
  );
}
