/** What a person fills in or chooses: the browser's own controls, each with a visible label. */
import { useId, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';

interface Labelled {
  readonly label: string;
  /** Below the label, before the control. */
  readonly hint?: string;
}

interface FieldProps extends Labelled {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  /** Lines; one is a plain field. */
  readonly lines?: number;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  /** A secret: shown as dots until the person wants to see it, never remembered. */
  readonly secret?: boolean;
}

export function Field(props: FieldProps) {
  const id = useId();
  const words = useWords().waysIn;
  const [shown, setShown] = useState(false);
  const hidden = props.secret === true && !shown;
  const described = [props.hint ? `${id}-hint` : '', props.error ? `${id}-error` : ''].filter(Boolean).join(' ');
  const shared = {
    id,
    className: hidden ? 'input hidden-text' : 'input',
    value: props.value,
    placeholder: props.placeholder,
    spellCheck: false,
    autoComplete: 'off',
    'aria-invalid': props.error ? true : undefined,
    'aria-describedby': described || undefined,
    ref: focusing(props.autoFocus),
  } as const;
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.hint ? (
        <p id={`${id}-hint`} className="hint">
          {props.hint}
        </p>
      ) : null}
      <div className={props.secret ? 'secret' : undefined}>
        {props.lines && props.lines > 1 ? (
          <textarea {...shared} rows={props.lines} onChange={(event) => props.onChange(event.target.value)} />
        ) : (
          <input
            {...shared}
            type={hidden ? 'password' : 'text'}
            onChange={(event) => props.onChange(event.target.value)}
          />
        )}
        {props.secret ? (
          <button
            type="button"
            className="show-secret"
            aria-label={words.show(props.label)}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon name={shown ? 'eye' : 'eye-closed'} />
          </button>
        ) : null}
      </div>
      {props.error ? (
        <p id={`${id}-error`} className="field-error" role="alert">
          <Icon name="attention" size={15} />
          {props.error}
        </p>
      ) : null}
    </div>
  );
}

/** Once, when it appears. */
function focusing(wanted: boolean | undefined) {
  return wanted ? focusOnce : undefined;
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}

export function Switch(
  props: Labelled & { readonly on: boolean; readonly onChange: (on: boolean) => void; readonly disabled?: boolean },
) {
  const id = useId();
  return (
    <div className="switch-line">
      <div className="switch-words">
        <label htmlFor={id}>{props.label}</label>
        {props.hint ? (
          <p id={`${id}-hint`} className="hint">
            {props.hint}
          </p>
        ) : null}
      </div>
      <input
        id={id}
        className="switch"
        type="checkbox"
        role="switch"
        checked={props.on}
        aria-checked={props.on}
        disabled={props.disabled}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.target.checked)}
      />
    </div>
  );
}

interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

export function Select<V extends string>(
  props: Labelled & {
    readonly value: V;
    readonly options: readonly Option<V>[];
    readonly onChange: (value: V) => void;
    /** The label stands there for screen readers only. */
    readonly labelHidden?: boolean;
  },
) {
  const id = useId();
  return (
    <div className={props.labelHidden ? 'select-alone' : 'field'}>
      <label htmlFor={id} className={props.labelHidden ? 'unseen' : undefined}>
        {props.label}
      </label>
      {props.hint ? (
        <p id={`${id}-hint`} className="hint">
          {props.hint}
        </p>
      ) : null}
      <span className="select">
        <select
          id={id}
          value={props.value}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onChange={(event) => {
            const chosen = props.options.find(({ value }) => value === event.target.value);
            if (chosen) props.onChange(chosen.value);
          }}
        >
          {props.options.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="down" size={16} />
      </span>
    </div>
  );
}
