/** How a page is built up: its head, sections, cards with rows, facts, what is folded away, and what says "nothing here". */
import { type ReactNode, useId } from 'react';
import type { Page } from '../../shared/pages.ts';
import { PageLink } from '../frame/page-link.tsx';
import { StateLine } from '../frame/state-line.tsx';
import { Breakable } from './breakable.tsx';
import { Icon, type IconName } from './icon.tsx';

interface PageHeadProps {
  readonly title: string;
  /** One sentence under the title; without it, how things stand. */
  readonly lead?: string;
  /** The page this one belongs to. */
  readonly back?: { readonly label: string; readonly page: Page };
  readonly actions?: ReactNode;
  /** Left of the title, such as a monogram. */
  readonly picture?: ReactNode;
  /** Under the title in place of `lead` and of how things stand. */
  readonly below?: ReactNode;
}

/** The first thing of every page: its h1, which gets the focus when one comes to the page. */
export function PageHead({ title, lead, back, actions, picture, below }: PageHeadProps) {
  return (
    <header className="page-head" data-place="">
      {picture}
      <div className="words">
        {back ? (
          <PageLink className="back" page={back.page}>
            <Icon name="back" size={14} />
            {back.label}
          </PageLink>
        ) : null}
        <h1 id="page-title" tabIndex={-1}>
          {title}
        </h1>
        {below ?? (lead === undefined ? <StateLine /> : <p className="lead">{lead}</p>)}
      </div>
      {actions ? <div className="page-actions">{actions}</div> : null}
    </header>
  );
}

export function Section(props: { readonly title: string; readonly hint?: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="section" data-place="" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.hint ? <p className="hint">{props.hint}</p> : null}
      {props.children}
    </section>
  );
}

/** An edge around rows or words; rows inside are kept apart by lines. */
export function Card(props: { readonly children: ReactNode; readonly padded?: boolean }) {
  return <div className={`card${props.padded ? ' padded' : ''}`}>{props.children}</div>;
}

/** One line of a card: a picture, words, and what can be done with it. */
export function Row(props: {
  readonly picture?: ReactNode;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className="row" data-place="">
      {props.picture}
      <div className="row-words">
        <p className="row-title">{typeof props.title === 'string' ? <Breakable text={props.title} /> : props.title}</p>
        {props.children}
      </div>
      {props.actions ? <div className="row-actions">{props.actions}</div> : null}
    </div>
  );
}

/** Names and values, for Details. */
export function Facts(props: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {props.facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Folded away until it is opened: what only some people need. */
export function Fold(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly onOpen?: () => void;
  readonly open?: boolean;
}) {
  return (
    <details
      className="fold"
      open={props.open}
      onToggle={(event) => {
        if (event.currentTarget.open) props.onOpen?.();
      }}
    >
      <summary>
        <Icon name="right" size={16} />
        {props.title}
      </summary>
      <div className="fold-body">{props.children}</div>
    </details>
  );
}

export function EmptyState(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={props.icon} size={28} />
      </span>
      <h2>{props.title}</h2>
      {props.children ? <p>{props.children}</p> : null}
      {props.actions ? <div className="empty-actions">{props.actions}</div> : null}
    </div>
  );
}
