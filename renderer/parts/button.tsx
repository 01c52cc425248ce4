/** Buttons. One primary at most in a view; `danger` only where something ends for good. */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  /** `plain` has an edge, `quiet` has none. */
  readonly tone?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  /** Its work is under way: it stays focused, and further presses do nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  readonly submit?: boolean;
  /** What it is about, where the words alone do not say it: read out in place of them. Begin it with the same words. */
  readonly label?: string;
  readonly wide?: boolean;
}

export function Button(props: ButtonProps) {
  const { tone = 'plain', busy = false, disabled = false } = props;
  return (
    <AriaButton
      className={`button ${tone}${props.wide ? ' wide' : ''}${busy ? ' busy-button' : ''}`}
      type={props.submit ? 'submit' : 'button'}
      isDisabled={disabled}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      onPress={() => {
        if (!busy) props.onPress?.();
      }}
    >
      {props.icon ? <Icon name={props.icon} size={16} /> : null}
      {props.children}
    </AriaButton>
  );
}

/** A button of an icon alone; `label` is its name for everybody who does not see it. */
export function IconButton(props: { readonly icon: IconName; readonly label: string; readonly onPress?: () => void }) {
  return (
    <AriaButton className="icon-button" aria-label={props.label} onPress={() => props.onPress?.()}>
      <Icon name={props.icon} />
    </AriaButton>
  );
}
