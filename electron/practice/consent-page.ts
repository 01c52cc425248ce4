/**
 * The consent page and the page for a request that cannot be answered, as self-contained HTML: no script, nothing from
 * elsewhere, and every value from a request escaped. A program fills the page in by these fields, which stay as they
 * are: `form_token` (hidden), `account` (radio; an account's id), `decision` (button; `allow` or `deny`).
 */
import { createHash } from 'node:crypto';
import { accounts } from './accounts.ts';
import { type Scope, scopeWords } from './scopes.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6575; --paper: #fff; --ground: #f2f4f7; --line: #c9d0da; --accent: #1f5fbf; --note: #fff4d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a8b3c2; --paper: #1d232c; --ground: #12161c; --line: #46505e; --accent: #8ab4f8; --note: #40371d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1px 2px rgb(0 0 0 / .05), 0 8px 28px rgb(0 0 0 / .07); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.3; text-wrap: balance; }
h2, legend { margin: 0; padding: 0; font-size: 1rem; font-weight: 600; }
ul { margin: .4rem 0 1.2rem; padding-left: 1.2rem; }
li + li { margin-top: .35rem; }
code { display: block; color: var(--soft); font-size: .8rem; line-height: 1.4; overflow-wrap: anywhere; }
fieldset { margin: 0 0 1.2rem; padding: 0; border: 0; }
label { display: flex; gap: .75rem; align-items: center; min-height: 44px; margin-top: .5rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 8px; cursor: pointer; }
label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
label small { display: block; color: var(--soft); }
input { width: 1.15rem; height: 1.15rem; accent-color: var(--accent); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { min-height: 44px; padding: .5rem 1.5rem; border: 1px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); font: inherit; font-weight: 600; cursor: pointer; }
button[value=allow] { background: var(--accent); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { margin: 0 0 1.2rem; padding: .6rem .9rem; background: var(--note); border-radius: 8px; }
.soft { margin: 1.25rem 0 0; color: var(--soft); font-size: .925rem; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * A page's headers. Browsers hold a form's redirect against `form-action` too, so the address it returns to is named;
 * an IPv6 address cannot be written there, so it is allowed by its scheme.
 */
export function pageHeaders(redirectUri?: string): Record<string, string> {
  const target = redirectUri === undefined ? undefined : new URL(redirectUri);
  const back = target === undefined ? '' : ` ${target.hostname.startsWith('[') ? target.protocol : target.origin}`;
  return {
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'${back}; base-uri 'none'; frame-ancestors 'none'`,
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: the form's own POST must carry an Origin that can be checked.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
  };
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Conexor practice service</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="note"><strong>Practice page of Conexor Desktop.</strong> Nothing here is real, and nothing leaves this computer.</p>
${body}
</main>
</body>
</html>
`;

const returnWords = (redirectUri: string) => {
  const { hostname, host } = new URL(redirectUri);
  const local = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  return `<strong>${escaped(host)}</strong>${local ? ', a program on this computer' : ''}`;
};

export interface ConsentQuestion {
  readonly clientName: string;
  readonly scopes: readonly Scope[];
  readonly redirectUri: string;
  readonly formToken: string;
}

export function consentPage(question: ConsentQuestion): string {
  const scopes = question.scopes.map((scope) => `<li>${escaped(scopeWords[scope])} <code>${scope}</code></li>`);
  const choices = accounts.map(
    (account, index) =>
      `<label><input type="radio" name="account" value="${account.id}" required${index === 0 ? ' checked' : ''}>
<span>${escaped(`${account.name}, ${account.organisationName}`)}<small>${escaped(account.email)}</small></span></label>`,
  );
  return page(
    `Allow ${question.clientName}?`,
    `<h1>${escaped(question.clientName)} wants to use your account</h1>
<h2 id="permissions">It will be able to</h2>
<ul aria-labelledby="permissions">
${scopes.join('\n')}
</ul>
<form method="post" action="/oauth/consent" autocomplete="off">
<input type="hidden" name="form_token" value="${escaped(question.formToken)}">
<fieldset>
<legend>Which account may it use?</legend>
${choices.join('\n')}
</fieldset>
<div class="buttons">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</div>
</form>
<p class="soft">Either way you go back to ${returnWords(question.redirectUri)}. You can take this permission back at any time.</p>`,
  );
}

/**
 * A page for what must not be redirected (RFC 6749 s4.1.2.1); `reason` is one of our own sentences. What was allowed
 * before, with the same page or another, is still so: only of this request can it be said that it allowed nothing.
 */
export const refusalPage = (reason: string): string =>
  page(
    'This sign-in cannot go on',
    `<h1>This sign-in cannot go on</h1>
<p>${escaped(reason)}</p>
<p>Nothing new was allowed. Go back to the app that sent you here and start again.</p>`,
  );

/** For a second answer to one page, as after Allow and the browser's way back; the first may have been either. */
export const usedPage = (): string =>
  page(
    'This page has been used already',
    `<h1>This page has been used already</h1>
<p>It takes one answer, so this second one changed nothing.</p>
<p>To answer anew, go back to the app that sent you here and begin the sign-in again.</p>`,
  );
