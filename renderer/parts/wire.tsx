/** What is connected to what: two pictures and the line between them, which shows how things stand. Decoration only. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export type WireState = 'whole' | 'running' | 'open';

/** `running` moves, `open` is broken into dashes; `icon` sits in the middle. */
export function Wire(props: {
  readonly from: ReactNode;
  readonly to: ReactNode;
  readonly state: WireState;
  readonly icon?: IconName;
}) {
  return (
    <div className={`wire ${props.state}`} aria-hidden="true">
      <span className="wire-end">{props.from}</span>
      <span className="wire-line" />
      {props.icon ? (
        <>
          <span className="wire-knot">
            <Icon name={props.icon} size={16} />
          </span>
          <span className="wire-line" />
        </>
      ) : null}
      <span className="wire-end">{props.to}</span>
    </div>
  );
}
