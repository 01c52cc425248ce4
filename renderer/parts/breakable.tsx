/** A text that may hold an address ("ana@acme.example"): where it needs two lines, it breaks after "@" and before ".". */
import { Fragment } from 'react';

const places = /(?<=@)(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])(?=\.[\p{L}\p{N}])/u;

export function Breakable({ text }: { readonly text: string }) {
  const [first, ...others] = text.split(places);
  return (
    <>
      {first}
      {others.map((part, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
        <Fragment key={n}>
          <wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}
