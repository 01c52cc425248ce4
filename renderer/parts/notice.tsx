/** A few words in a box of their own: what happened, what to do now, one button (rule 11). */
import type { ReactNode } from 'react';
import type { WindowFault } from '../client/client.ts';
import { useWords } from '../words/use-words.ts';
import { Breakable } from './breakable.tsx';
import { Button, IconButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'calm' | 'notice' | 'bad';

const icons: Readonly<Record<Tone, IconName>> = { good: 'check', calm: 'info', notice: 'attention', bad: 'stop' };

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly icon?: IconName;
  readonly action?: { readonly label: string; readonly onPress: () => void; readonly busy?: boolean };
  readonly onDismiss?: () => void;
}

export function Notice({ tone, title, children, icon, action, onDismiss }: NoticeProps) {
  const words = useWords().window;
  return (
    <section className={`notice tone-${tone}`} aria-label={title}>
      <Icon name={icon ?? icons[tone]} />
      <div className="notice-words">
        <p className="notice-title">
          <Breakable text={title} />
        </p>
        {children}
      </div>
      {action ? (
        <Button onPress={action.onPress} busy={action.busy ?? false}>
          {action.label}
        </Button>
      ) : null}
      {onDismiss ? <IconButton icon="close" label={words.dismiss} onPress={onDismiss} /> : null}
    </section>
  );
}

/** A fault in its own words; read out when it appears. */
export function FaultNotice(props: { readonly fault: WindowFault; readonly action?: NoticeProps['action'] }) {
  return (
    <div role="alert">
      <Notice tone="notice" title={props.fault.what} {...(props.action ? { action: props.action } : {})}>
        <p>{props.fault.next}</p>
      </Notice>
    </div>
  );
}
