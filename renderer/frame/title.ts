/** The title of the window or tab: it names the page, so that it is found among others (WCAG 2.4.2). */
import { useEffect } from 'react';
import { useWords } from '../words/use-words.ts';

export function useTitle(page: string): void {
  const words = useWords().window;
  useEffect(() => {
    document.title = words.title(page);
  }, [words, page]);
}
