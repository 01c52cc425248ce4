/** One of several ways to add a service: its words stand in a line, its form below while it is the open one. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../parts/icon.tsx';

export function WayCard<W extends string>(props: {
  readonly way: W;
  readonly open: W;
  readonly onOpen: (way: W) => void;
  readonly picture: IconName | ReactNode;
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  const { way, picture } = props;
  return (
    <details
      className="way-card"
      name="ways"
      open={props.open === way}
      onToggle={(event) => {
        if (event.currentTarget.open) props.onOpen(way);
      }}
    >
      <summary>
        <span className="way-picture">
          {typeof picture === 'string' ? <Icon name={picture as IconName} /> : picture}
        </span>
        <span className="way-words">
          <h2>{props.title}</h2>
          <span className="soft small">{props.lead}</span>
        </span>
        <Icon name="down" size={16} />
      </summary>
      <div className="way-body">{props.children}</div>
    </details>
  );
}
