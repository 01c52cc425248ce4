/** A service or program without a picture of its own: its first letters on one of six quiet grounds, always the same one. */

const grounds = 6;

interface MonogramProps {
  /** Decides the letters. */
  readonly name: string;
  /** In pixels. */
  readonly size?: number;
  /** Decides the ground; the name where nothing else is said. */
  readonly ground?: { readonly of: string; readonly next: number };
}

/** `ground.next`: so many grounds after the one of `ground.of`, so that neighbours differ. */
export function Monogram({ name, size = 40, ground = { of: name, next: 0 } }: MonogramProps) {
  return (
    <span
      className={`monogram ground-${(groundOf(ground.of) + ground.next) % grounds}`}
      style={{ width: `${size / 16}rem`, height: `${size / 16}rem`, fontSize: `${(size * 0.4) / 16}rem` }}
      aria-hidden="true"
      data-decoration=""
    >
      {lettersOf(name)}
    </span>
  );
}

export function lettersOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const second = words[1] === undefined ? '' : ([...words[1]][0] ?? '');
  return (first + second).toLocaleUpperCase();
}

function groundOf(name: string): number {
  let sum = 4;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % grounds;
}
