/** The programs page. */
import { PageHead } from '../parts/blocks.tsx';
import { useWords } from '../words/use-words.ts';

export function ProgramsPage() {
  const words = useWords().window;
  return <PageHead title={words.way.programs} />;
}
