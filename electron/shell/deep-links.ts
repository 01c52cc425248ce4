/**
 * `conexor://open/v1/<page>`: a link that opens a page of the window and does nothing else. Anybody can write such a
 * link, so what is not exactly one of these forms is no link of ours, and none asks a question or fills in a secret:
 *
 *   conexor://open/v1/services            also programs, activity, settings, diagnostics, help
 *   conexor://open/v1/service/<id>
 *   conexor://open/v1/add?target=<https address>     filled in, for the person to look at
 *   conexor://open/v1/help/<topic>
 */
import { type Page, pageSchema } from '../../shared/pages.ts';

export const linkScheme = 'conexor';

const longest = 4096;
const identifier = /^[\w-]{1,64}$/;

/** The link among the words of a command line: Windows and Linux hand it over like that. */
export function linkIn(argv: readonly string[]): string | undefined {
  return argv.find((word) => word.toLowerCase().startsWith(`${linkScheme}:`));
}

/** Undefined for everything that is no link of ours. */
export function pageOfLink(link: string): Page | undefined {
  if (link.length > longest || /[\s\p{Cc}]/u.test(link) || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  const bare = url.username === '' && url.password === '' && url.port === '' && url.hash === '';
  if (url.protocol !== `${linkScheme}:` || url.host !== 'open' || !bare) return undefined;
  const [, version, name, detail, ...rest] = url.pathname.replace(/\/$/, '').split('/');
  if (version !== 'v1' || name === undefined || rest.length > 0) return undefined;
  const page = pageOf(name, detail, url.searchParams);
  const parsed = pageSchema.safeParse(page);
  return parsed.success ? parsed.data : undefined;
}

function pageOf(name: string, detail: string | undefined, query: URLSearchParams): Page | undefined {
  const keys = [...query.keys()];
  if (name === 'add') {
    if (detail !== undefined || keys.some((key) => key !== 'target') || keys.length > 1) return undefined;
    const target = query.get('target');
    return target === null ? { name } : isAddress(target) ? { name, target } : undefined;
  }
  if (keys.length > 0) return undefined;
  switch (name) {
    case 'service':
      return detail !== undefined && identifier.test(detail) ? { name, connection: detail } : undefined;
    case 'help':
      if (detail === undefined) return { name };
      return identifier.test(detail) ? { name, topic: detail } : undefined;
    case 'services':
    case 'programs':
    case 'activity':
    case 'settings':
    case 'diagnostics':
      return detail === undefined ? { name } : undefined;
    default:
      return undefined;
  }
}

/** What a link may fill in: an https address without a name and password, and without a part that could be a secret. */
function isAddress(target: string): boolean {
  if (/[\s\p{Cc}]/u.test(target) || !URL.canParse(target)) return false;
  const url = new URL(target);
  return url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
}
