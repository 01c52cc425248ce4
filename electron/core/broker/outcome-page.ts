/** What the browser's last page says of a sign-in, in the person's language; only `done` is good news (rule 4 of the face). */
import { faultWords } from '../../../shared/fault-words.ts';
import type { Language } from '../../../shared/settings.ts';
import { browserWords } from '../../../shared/words/browser.ts';
import { permissionsOf } from '../../../shared/words/permissions.ts';
import { serviceWords } from '../../../shared/words/window-services.ts';
import { practice } from '../services/practice.ts';
import type { Service } from '../services/service.ts';
import type { OutcomePage } from './redirect-pages.ts';
import type { SignInOutcome } from './sign-in-attempt.ts';

type Named = Pick<Service, 'id' | 'title'>;

/** `service`: which one of the catalogue, and what this connection to it is called. */
export function pageOf(outcome: SignInOutcome, service: Named, language: Language): OutcomePage {
  const words = browserWords[language];
  switch (outcome.kind) {
    case 'done': {
      const { title, worked, taken, anotherInUse, close } = words.signedIn;
      const { answer } = outcome;
      const name = nameOf(service, language);
      const stop = answer.kind === 'stopped' ? faultWords(answer.fault, language) : undefined;
      return {
        tone: 'good',
        title: title(outcome.account.label),
        sentences: [
          answer.kind === 'worked' ? worked(name) : taken(name),
          ...(stop ? [stop.what, stop.next] : []),
          ...(outcome.current ? [] : [anotherInUse]),
          close,
        ],
        permissions: permissionsOf(outcome.grantedScopes, language).known,
      };
    }
    case 'open':
    case 'cancelled':
    case 'timed-out':
      return { tone: 'calm', ...words.ended };
    case 'denied':
      return { tone: 'calm', ...words.denied };
    case 'failed': {
      const { what, next } = faultWords(outcome.fault, language);
      return { tone: 'bad', title: words.failedTitle, sentences: [what, next] };
    }
  }
}

/** The practice service's is the only title in Conexor's own words, and so is in the person's language. */
function nameOf({ id, title }: Named, language: Language): string {
  return id === practice.id ? serviceWords[language].practiceService : title;
}
