/** The list of services. */
import { PageHead } from '../parts/blocks.tsx';
import { useWords } from '../words/use-words.ts';

export function ServicesPage() {
  const words = useWords().window;
  return <PageHead title={words.way.services} />;
}
