/** The add page. */
import { PageHead } from '../parts/blocks.tsx';
import { useWords } from '../words/use-words.ts';

export function AddPage(_props: { readonly target?: string | undefined }) {
  const words = useWords().window;
  return <PageHead title={words.way.services} />;
}
