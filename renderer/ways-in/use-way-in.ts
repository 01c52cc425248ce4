/**
 * What a person chooses and types to get into a service: the way in, its fields, and what is wrong with them. Kept while
 * the form is there, also when they look at another way and come back, and when the service refuses it.
 */
import { useRef, useState } from 'react';
import { typedValue } from '../../shared/typed-value.ts';
import type { Field, FieldName, GivenFields, WayInId, WayInOfferView } from '../../shared/ways-in.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import type { Task } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

export interface WayInChoice {
  readonly offers: readonly WayInOfferView[];
  /** Undefined before the service's offers are known. */
  readonly offer: WayInOfferView | undefined;
  /** Undefined where it is the one that would be taken anyway. */
  readonly chosen: WayInId | undefined;
  choose(id: WayInId): void;
  /** The other ways are in sight. */
  readonly choosing: boolean;
  showOthers(): void;
  value(name: FieldName): string;
  edit(name: FieldName, text: string): void;
  /** Shown only once it was tried. */
  error(field: Field): string | undefined;
  /** The task with what it has failed of, unless that stands at a field. */
  readonly task: Task;
  /** What was typed for this way's fields; undefined where something is wrong, which then stands at its field. */
  take(): GivenFields | undefined;
}

interface WayInBeginning {
  /** The other ways are in sight from the beginning. */
  readonly showsOthers?: boolean;
  /** What the fields begin with. */
  readonly begin?: GivenFields;
}

/** `suggested`: the one that is taken unless the person chooses another. */
export function useWayIn(
  offers: readonly WayInOfferView[],
  suggested: WayInId | undefined,
  task: Task,
  { showsOthers = false, begin = {} }: WayInBeginning = {},
): WayInChoice {
  const words = useWords().waysIn;
  const [chosen, setChosen] = useState<WayInId>();
  const [typed, setTyped] = useState<GivenFields>(begin);
  // The next press must see what was typed since the last rendering.
  const latest = useRef(typed);
  const [tried, setTried] = useState(false);
  const [choosing, setChoosing] = useState(showsOthers);
  const usual = offers.find(({ id }) => id === suggested) ?? offers[0];
  const offer = offers.find(({ id }) => id === chosen) ?? usual;
  const refused = task.fault && refusals.has(task.fault.fault) ? proofOf(offer) : undefined;
  return {
    offers,
    offer,
    chosen: offer?.id === usual?.id ? undefined : offer?.id,
    choose(id) {
      setTried(false);
      setChosen(id);
      task.clear();
    },
    choosing: choosing && offers.length > 1,
    showOthers: () => setChoosing(true),
    value: (name) => typed[name] ?? '',
    edit(name, text) {
      latest.current = { ...latest.current, [name]: text };
      setTyped(latest.current);
      task.clear();
    },
    error: (field) =>
      (tried ? errorOf(field, typed, words) : undefined) ??
      (field.name === refused && task.fault ? `${task.fault.what} ${task.fault.next}` : undefined),
    task: refused === undefined ? task : { ...task, fault: undefined },
    take() {
      setTried(true);
      const fields = offer?.fields ?? [];
      if (fields.some((field) => errorOf(field, latest.current, words) !== undefined)) return undefined;
      const given = fields.flatMap(({ name }) => {
        const text = typedValue(name, latest.current[name]);
        return text === '' ? [] : [[name, text] as const];
      });
      return Object.fromEntries(given);
    },
  };
}

/** What the service did not take. */
const refusals = new Set(['credentials-refused', 'client-refused']);

/** Of what was typed, the field that proves who one is: there stands that it was not taken. */
function proofOf(offer: WayInOfferView | undefined): FieldName | undefined {
  return offer?.fields.find(({ name, secret }) => secret && name !== 'private-key')?.name;
}

function errorOf({ name, required }: Field, typed: GivenFields, words: WindowWords['waysIn']): string | undefined {
  const text = typedValue(name, typed[name]);
  // A key may stand in for the secret, but one of them there must be.
  const wanted = required || (name === 'client-secret' && typedValue('private-key', typed['private-key']) === '');
  if (text === '') return wanted ? words.missing(words.field[name].label) : undefined;
  // As the broker has it: nothing else can stand in a header.
  if ((name === 'access-token' || name === 'api-key') && !/^[\x21-\x7e]+$/.test(text)) return words.notWhole;
  if (name === 'header-name' && !/^[A-Za-z0-9-]{1,64}$/.test(text)) return words.notAHeader;
  return undefined;
}
