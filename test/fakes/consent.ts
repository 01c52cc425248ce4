/**
 * A person at the consent page, as a program: fetches the page, reads its form, chooses, submits it, and follows the
 * redirect to wherever it leads (the listener on loopback). Works on the page as served; knows only its field names.
 */

export interface ConsentAnswer {
  readonly allow: boolean;
  /** The value of the account's radio button (`acme`, `globex`, `private`); the page's own choice when absent. */
  readonly account?: string;
}

export interface ConsentOutcome {
  /** Status and text of the last page a person would see. */
  readonly status: number;
  readonly page: string;
  /** Where the service sent the browser; absent when it showed a page instead. */
  readonly redirectedTo?: URL;
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescaped = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

function attributes(tag: string): Record<string, string> {
  const pairs = [...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)].slice(1);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), unescaped(value)]));
}

const tagsIn = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'gi'))].map(([tag]) => attributes(tag));

/** What the form would send; throws where the page offers no such account or button. */
export function fillConsentForm(page: string, answer: ConsentAnswer): { action: string; fields: URLSearchParams } {
  const [, form = ''] = /(<form\b[\s\S]*?<\/form>)/i.exec(page) ?? [];
  const [head] = tagsIn(form, 'form');
  if (head?.['method']?.toLowerCase() !== 'post') throw new Error('The page has no form to answer.');
  const fields = new URLSearchParams();
  const inputs = tagsIn(form, 'input');
  for (const { type, name = '', value = '' } of inputs) if (type === 'hidden') fields.set(name, value);
  const radios = inputs.filter(({ type, name }) => type === 'radio' && name === 'account');
  const chosen = radios.find(({ value, ...rest }) => (answer.account ? value === answer.account : 'checked' in rest));
  if (chosen === undefined) throw new Error(`The page does not offer the account ${answer.account ?? ''}.`);
  fields.set('account', chosen['value'] ?? '');
  const decision = answer.allow ? 'allow' : 'deny';
  const button = tagsIn(form, 'button').find(({ name, value }) => name === 'decision' && value === decision);
  if (button === undefined) throw new Error(`The page has no button to ${decision}.`);
  fields.set('decision', decision);
  return { action: head['action'] ?? '', fields };
}

/** Answers the consent page at `authorizationUrl`. A page without a form (a refusal) is returned as it is. */
export async function answerConsent(authorizationUrl: string | URL, answer: ConsentAnswer): Promise<ConsentOutcome> {
  const asked = await fetch(authorizationUrl, { redirect: 'manual' });
  if (asked.status >= 300) return follow(asked, authorizationUrl);
  const page = await asked.text();
  const { action, fields } = fillConsentForm(page, answer);
  const target = new URL(action, authorizationUrl);
  // As a browser does: a form's POST names the page it comes from.
  const headers = { Origin: target.origin };
  return follow(await fetch(target, { method: 'POST', body: fields, headers, redirect: 'manual' }), target);
}

async function follow(answered: Response, from: string | URL): Promise<ConsentOutcome> {
  const location = answered.headers.get('location');
  if (location === null) return { status: answered.status, page: await answered.text() };
  const redirectedTo = new URL(location, from);
  const landed = await fetch(redirectedTo);
  return { status: landed.status, page: await landed.text(), redirectedTo };
}
