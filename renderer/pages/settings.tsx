/** The settings page. */
import { PageHead } from '../parts/blocks.tsx';
import { useWords } from '../words/use-words.ts';

export function SettingsPage() {
  const words = useWords().window;
  return <PageHead title={words.way.settings} />;
}
