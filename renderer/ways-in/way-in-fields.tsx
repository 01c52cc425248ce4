/** The fields of one way in, what is kept of them, and the other ways behind a quiet button. */
import { useId } from 'react';
import type { Field as FieldOfWay, WayInId, WayInOfferView } from '../../shared/ways-in.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { useSelected } from '../client/state.ts';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { Icon } from '../parts/icon.tsx';
import { useWords } from '../words/use-words.ts';
import type { WayInChoice } from './use-way-in.ts';

/** Lines of a field in which a whole key is pasted. */
const keyLines = 4;

/** `focusFirst`: the first field has the focus when it appears. */
export function WayInFields({
  choice,
  focusFirst = false,
}: {
  readonly choice: WayInChoice;
  readonly focusFirst?: boolean;
}) {
  const words = useWords().waysIn;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  const { offer } = choice;
  if (!offer || offer.fields.length === 0) return null;
  const usual = offer.fields.filter((field) => !isRare(field));
  const rare = offer.fields.filter(isRare);
  const one = (field: FieldOfWay, autoFocus: boolean) => (
    <OneField key={`${offer.id} ${field.name}`} field={field} choice={choice} autoFocus={autoFocus} />
  );
  return (
    <div className="way-fields">
      {offer.legacy && !choice.choosing ? (
        <p className="note small">
          <Icon name="info" size={15} />
          {words.legacy}
        </p>
      ) : null}
      {usual.map((field, n) => one(field, focusFirst && n === 0))}
      <p className="note small soft">
        <Icon name="lock" size={15} />
        {keepsOf(offer, memoryOnly, words)}
      </p>
      {rare.length > 0 ? <Fold title={words.rare}>{rare.map((field) => one(field, false))}</Fold> : null}
    </div>
  );
}

/** What hardly anybody needs stands folded away. */
function isRare({ name, required }: FieldOfWay): boolean {
  return !required && (name === 'private-key' || name === 'header-name');
}

function OneField(props: { readonly field: FieldOfWay; readonly choice: WayInChoice; readonly autoFocus: boolean }) {
  const words = useWords().waysIn;
  const { field, choice } = props;
  const { label, hint } = words.field[field.name];
  return (
    <Field
      label={label}
      {...(hint === '' ? {} : { hint })}
      value={choice.value(field.name)}
      onChange={(text) => choice.edit(field.name, text)}
      secret={field.secret}
      {...(field.name === 'private-key' ? { lines: keyLines } : {})}
      {...(field.example === undefined ? {} : { placeholder: words.looksLike(field.example) })}
      autoFocus={props.autoFocus}
      error={choice.error(field)}
    />
  );
}

/** A token or key is itself the access; a password or a secret may only lead to it. */
function keepsOf({ id, keepsTyped }: WayInOfferView, memoryOnly: boolean, { keeps }: WindowWords['waysIn']): string {
  if (id === 'access-token' || id === 'api-key') return memoryOnly ? keeps.givenMemory : keeps.given;
  if (!keepsTyped) return keeps.answer;
  return memoryOnly ? keeps.typedMemory : keeps.typed;
}

/** The suggested way is what most people want; the others are behind this. */
export function OtherWaysButton({ choice }: { readonly choice: WayInChoice }) {
  const words = useWords().waysIn;
  if (choice.choosing || choice.offers.length < 2) return null;
  return (
    <Button tone="quiet" onPress={choice.showOthers}>
      {words.others}
    </Button>
  );
}

/** All of them, once they are wanted. The chosen one gets the focus: the button that was pressed is gone. */
export function WayList({ choice }: { readonly choice: WayInChoice }) {
  const words = useWords().waysIn;
  const name = useId();
  if (!choice.choosing) return null;
  return (
    <fieldset className="ways-in">
      <legend>{words.choose}</legend>
      {choice.offers.map(({ id, legacy }, n) => (
        <WayOption
          key={id}
          id={id}
          group={name}
          checked={choice.offer?.id === id}
          suggested={n === 0}
          legacy={legacy}
          onChoose={() => choice.choose(id)}
        />
      ))}
    </fieldset>
  );
}

function WayOption(props: {
  readonly id: WayInId;
  readonly group: string;
  readonly checked: boolean;
  readonly suggested: boolean;
  readonly legacy: boolean;
  readonly onChoose: () => void;
}) {
  const words = useWords().waysIn;
  const id = useId();
  const { name, text } = words.way[props.id];
  return (
    <div className="way-in">
      <input
        id={id}
        type="radio"
        className="check"
        name={props.group}
        checked={props.checked}
        aria-describedby={`${id}-text`}
        onChange={props.onChoose}
        ref={props.checked ? focusOnce : undefined}
      />
      <div>
        <label htmlFor={id}>{name}</label>
        {props.suggested ? <span className="soft small suggested">{words.suggested}</span> : null}
        <p id={`${id}-text`} className="hint">
          {props.legacy ? `${text} ${words.legacy}` : text}
        </p>
      </div>
    </div>
  );
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
