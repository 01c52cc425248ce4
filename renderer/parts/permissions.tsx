/** What somebody may do, in people's words. Scopes that nobody has words for are counted, and named under Details. */
import { permissionsOf } from '../../shared/words/permissions.ts';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';

/**
 * `label` names the list for screen readers, and stands above it where it is `headed`: never without a list.
 * `others` says how many more there are. Not granted yet: no ticks.
 */
export function Permissions(props: {
  readonly scopes: readonly string[];
  readonly label: string;
  readonly others: (count: number) => string;
  readonly granted?: boolean;
  readonly headed?: boolean;
}) {
  const words = useWords();
  const { known, others } = permissionsOf(props.scopes, words.language);
  const granted = props.granted ?? true;
  if (known.length === 0) return null;
  return (
    <>
      {props.headed ? <h3>{props.label}</h3> : null}
      <ul className="points" aria-label={props.label}>
        {known.map((text) => (
          <li key={text}>
            {granted ? <Icon name="check" size={16} /> : <span className="dot" />}
            <span>{text}</span>
          </li>
        ))}
        {others > 0 ? (
          <li className="soft">
            {granted ? <Icon name="add" size={16} /> : <span className="dot" />}
            <span>{props.others(others)}</span>
          </li>
        ) : null}
      </ul>
    </>
  );
}
