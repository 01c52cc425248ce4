/** A service or program without a picture of its own: its first letters on one of six quiet grounds, always the same one. */

/** `name` decides letters and ground. `size` in pixels. */
export function Monogram({ name, size = 40 }: { readonly name: string; readonly size?: number }) {
  return (
    <span
      className={`monogram ground-${groundOf(name)}`}
      style={{ width: `${size / 16}rem`, height: `${size / 16}rem`, fontSize: `${(size * 0.4) / 16}rem` }}
      aria-hidden="true"
      data-decoration=""
    >
      {lettersOf(name)}
    </span>
  );
}

function lettersOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const second = words[1] === undefined ? '' : ([...words[1]][0] ?? '');
  return (first + second).toLocaleUpperCase();
}

function groundOf(name: string): number {
  let sum = 4;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}
