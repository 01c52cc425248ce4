/**
 * Which program a name is: the first one that comes under it has it, with the place it comes from. One that comes under
 * the same name from elsewhere (`isSameProgram`) is another program, `<name>#2`, with leave of its own to be asked for.
 * Where the system tells no place, the name counts alone.
 */
import { isSameProgram, type ProgramOrigin } from '../processes/same-program.ts';
import { programName } from './program-records.ts';

/** More have one name together, and nobody's leave. */
const mostPlaces = 50;
/** A name has at most 100 characters, its number among them. */
const longestTitle = 96;

export interface Met {
  /** What it is called here. */
  readonly name: string;
  /** Its place is newly known, or has moved by an update, or its signer is. */
  readonly learned: boolean;
  /** It was taken for another program before its signer was known; that name is nobody's now. */
  readonly instead: string | undefined;
}

export class ProgramPlaces {
  readonly #places = new Map<string, ProgramOrigin>();

  /** As it is stored. */
  know(name: string, origin: ProgramOrigin): void {
    this.#places.set(name, origin);
  }

  of(name: string): ProgramOrigin | undefined {
    return this.#places.get(name);
  }

  /** `word`: the program's own. `isKept`: this name, whose place is not known yet, is not for this one. */
  meet(word: string, origin: ProgramOrigin | undefined, isKept: (title: string) => boolean = () => false): Met {
    const title = ownTitle(word);
    if (origin === undefined) return { name: title, learned: false, instead: undefined };
    let free: string | undefined;
    for (let number = 1; number <= mostPlaces; number += 1) {
      const name = number === 1 ? title : numberedName(title, number);
      const known = this.#places.get(name);
      if (known === undefined) free ??= number === 1 && isKept(title) ? undefined : name;
      else if (isSameProgram(known, origin)) return this.#again(title, name, known, origin);
    }
    if (free === undefined) return { name: numberedName(title, mostPlaces + 1), learned: false, instead: undefined };
    this.#places.set(free, origin);
    return { name: free, learned: true, instead: undefined };
  }

  #again(title: string, name: string, known: ProgramOrigin, origin: ProgramOrigin): Met {
    const signer = origin.signer ?? known.signer;
    const learned = known.path !== origin.path || known.signer !== signer;
    if (learned) this.#places.set(name, { path: origin.path, ...(signer === undefined ? {} : { signer }) });
    const instead = this.#guessed(title, name, origin);
    if (instead !== undefined) this.#places.delete(instead);
    return { name, learned, instead };
  }

  /** The name that this very file got while its signer was not known. */
  #guessed(title: string, name: string, origin: ProgramOrigin): string | undefined {
    if (origin.signer === undefined) return undefined;
    for (let number = 2; number <= mostPlaces; number += 1) {
      const other = numberedName(title, number);
      const known = this.#places.get(other);
      if (other !== name && known?.path === origin.path && known.signer === undefined) return other;
    }
    return undefined;
  }
}

/** Numbers are given here, so that nobody can say another one's. */
function ownTitle(word: string): string {
  return programName(word).replace(/#(?=\d+$)/, ' ');
}

function numberedName(title: string, number: number): string {
  return `${title.slice(0, longestTitle)}#${number}`;
}
