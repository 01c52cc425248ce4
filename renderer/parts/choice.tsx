/** One choice with a hint: one of several, or a yes or no of its own. */
import { useId } from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  /** Of the group of which one is chosen; without it, it stands for itself. */
  readonly group?: string;
}

export function Choice({ label, hint, on, onChange, group }: ChoiceProps) {
  const id = useId();
  return (
    <div className="choice">
      <input
        id={id}
        type={group === undefined ? 'checkbox' : 'radio'}
        className="check"
        {...(group === undefined ? {} : { name: group })}
        checked={on}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      </div>
    </div>
  );
}
