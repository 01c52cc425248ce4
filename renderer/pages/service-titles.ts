/** What services are called where one is chosen: in the person's words where there are some, else by their own name. */
import { practiceName } from '../../shared/service-names.ts';
import type { ServiceView } from '../../shared/ways-in.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';

export function titleOf({ id, title }: ServiceView, words: WindowWords): string {
  return practiceName(id, words) ?? wordsFor(id, words)?.title ?? title;
}

/** Its name is for sentences; here it also says what is practised with it. */
export function practiceChoice(service: ServiceView, words: WindowWords): string {
  const own = wordsFor(service.id, words);
  return own ? words.add.practice.choice(own.title, own.lead) : titleOf(service, words);
}

export function leadOf({ id, waysIn }: ServiceView, words: WindowWords): string {
  const [suggested] = waysIn;
  return wordsFor(id, words)?.lead ?? (suggested ? words.waysIn.way[suggested.id].text : '');
}

function wordsFor(id: string, { add }: WindowWords): { readonly title: string; readonly lead: string } | undefined {
  return isIn(id, add.service) ? add.service[id] : undefined;
}

function isIn<T extends object>(name: string, names: T): name is string & keyof T {
  return Object.hasOwn(names, name);
}
