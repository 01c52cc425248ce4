/** Asking the service how to sign in: progress at once, words after a second (rule 16); Cancel is there all the time. */
import { useEffect, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './sign-in-steps.ts';

const wordsAfterMs = 1_000;

export function PreparingStep({ service }: StepProps) {
  const words = useWords().signIn;
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), wordsAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="busy">
      <div className="busy-bar" role="progressbar" aria-label={words.preparing(service)} />
      <p role="status" className="soft">
        {late ? words.preparing(service) : ''}
      </p>
    </div>
  );
}
