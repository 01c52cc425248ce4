/** A state: a word and a shape, and only then a colour. */
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';
import type { Tone } from './notice.tsx';

export function Badge(props: { readonly tone: Tone; readonly icon: IconName; readonly children: string }) {
  return (
    <span className={`badge tone-${props.tone}`}>
      <Icon name={props.icon} size={15} />
      <span>{props.children}</span>
    </span>
  );
}
