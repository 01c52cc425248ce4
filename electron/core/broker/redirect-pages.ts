/**
 * The pages that the browser shows when it comes back: ours, static, self-contained, and without anything that came
 * with the request (RFC 9700 s4.2.4). The only styles are those below, allowed by their digest;
 * the texts are the catalogue's.
 */
import { createHash } from 'node:crypto';
import type { Language } from '../../../shared/settings.ts';
import { browserWords } from '../../../shared/words/browser.ts';

export interface OutcomePage {
  readonly tone: 'good' | 'calm' | 'bad';
  readonly title: string;
  readonly sentences: readonly string[];
  /** What may be done from now on, in our own words. */
  readonly permissions?: readonly string[];
}

/** The pages that no outcome stands behind. */
export type PlainPage = 'alreadyUsed' | 'notOurs' | 'stopped' | 'broken';

export function plainPage(name: PlainPage, language: Language): OutcomePage {
  return { tone: name === 'broken' ? 'bad' : 'calm', ...browserWords[language][name] };
}

/** The window's paper and petrol (renderer/look/tokens.css), in words that older browsers know as well. */
const style = `
:root{color-scheme:light dark;--page:#f3f2ee;--card:#fffefb;--text:#1b2423;--soft:#56605d;--line:#e5e2da;--accent:#12666a;--spark:#e0982f;
--tone:#505a57;--tint:#eeede8;--shadow:0 1px 2px rgb(40 38 30/.05),0 14px 44px rgb(40 38 30/.1)}
.good{--tone:#226845;--tint:#e6f2e9}.bad{--tone:#9b341c;--tint:#fbe9e4}
@media (prefers-color-scheme:dark){
:root{--page:#111514;--card:#191e1d;--text:#e9ecea;--soft:#a6b0ac;--line:#2b3230;--accent:#84cbc7;--spark:#ffca80;
--tone:#b5beba;--tint:#29302e;--shadow:0 1px 2px rgb(0 0 0/.4),0 14px 44px rgb(0 0 0/.4)}
.good{--tone:#8ed3a8;--tint:#1d3327}.bad{--tone:#f3a794;--tint:#3f251e}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,1fr);place-items:center;padding:1.5rem;background:var(--page);color:var(--text);
font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Cantarell,"Noto Sans",Ubuntu,sans-serif}
main{width:100%;max-width:34rem;padding:1.75rem 2.25rem 2.25rem;background:var(--card);border:1px solid var(--line);border-radius:.875rem;
box-shadow:var(--shadow)}
svg{display:block;flex:none}
.brand{display:flex;align-items:center;gap:.625rem;padding-bottom:1.25rem;border-bottom:1px solid var(--line);font-weight:600;letter-spacing:-.01em}
.mark{width:1.75rem;height:1.75rem;color:var(--accent)}
.plug{color:var(--spark)}
.outcome{width:2.75rem;height:2.75rem;margin-top:1.75rem;padding:.625rem;border-radius:50%;background:var(--tint);color:var(--tone)}
h1{margin:1rem 0 .5rem;font-size:1.375rem;font-weight:600;line-height:1.3;letter-spacing:-.01em;text-wrap:balance;overflow-wrap:anywhere}
p{margin:.375rem 0;overflow-wrap:anywhere}
p+p{color:var(--soft)}
h2{margin:1.25rem 0 .25rem;font-size:1rem;font-weight:600}
ul{margin:0;padding-left:1.2rem}
li::marker{color:var(--accent)}
@media (max-width:30rem){body{padding:.75rem}main{padding:1.25rem 1.25rem 1.5rem}}
@media (forced-colors:active){main{border-color:CanvasText}.mark,.plug,.outcome{color:CanvasText}.outcome{border:1px solid}}
`;

const styleDigest = createHash('sha256').update(style).digest('base64');

/** Shapes, so that the outcome does not rest on colour alone. */
const icons: Readonly<Record<OutcomePage['tone'], string>> = {
  good: '<path d="M4 12.5l5.5 5.5L20 6.5"/>',
  calm: '<path d="M5 12h14"/>',
  bad: '<path d="M12 4v10M12 19v.5"/>',
};

/** build/icons/mark.svg; the plug's `currentColor` is its own. */
const mark = `<svg class="mark" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3.6" stroke-linecap="round" aria-hidden="true"><path d="M23.9 8.1a11.2 11.2 0 1 0 0 15.8"/><g class="plug"><path d="M16 16h13" stroke="currentColor"/><circle cx="15" cy="16" r="4.6" fill="currentColor" stroke="none"/></g></svg>`;

/** Sent with every page and every other answer of the listener. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
};

/** The whole document. Names of accounts and services may stand in the texts; they are escaped. */
export function renderPage(page: OutcomePage, language: Language): string {
  const title = escapeHtml(page.title);
  const sentences = page.sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Conexor Desktop</title>
<style>${style}</style>
</head>
<body>
<main class="${page.tone}">
<div class="brand">${mark}<span>Conexor Desktop</span></div>
<svg class="outcome" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${icons[page.tone]}</svg>
<h1>${title}</h1>
<div role="status">
${sentences}
</div>${permissionList(page.permissions ?? [], language)}
</main>
</body>
</html>
`;
}

function permissionList(permissions: readonly string[], language: Language): string {
  if (permissions.length === 0) return '';
  const items = permissions.map((permission) => `<li>${escapeHtml(permission)}</li>`).join('\n');
  const title = browserWords[language].signedIn.permissions;
  return `\n<h2 id="permissions">${title}</h2>\n<ul aria-labelledby="permissions">\n${items}\n</ul>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
