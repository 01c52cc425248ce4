/**
 * What looks like a secret in something that a person pasted, by its name or by itself. It can only be guessed: a short
 * word under a name that says nothing passes, and so does a part of a path, without which an address leads nowhere.
 */

/** Wherever they stand in a name. */
const tellingParts = /key|token|secret|passw|pwd|jwt|auth|credential|signature|bearer|hmac/i;
/** As words of a name: `user_pass`, but not `bypass`. */
const tellingWords: ReadonlySet<string> = new Set(
  'sig pass passphrase passcode pw pat otp pin sid session cred creds cookie'.split(' '),
);
/** The same inside a value, with something after it. */
const tellingPair =
  /(?:key|token|secret|passw\w{0,9}|pwd|jwt|auth\w{0,20}|credentials?|signature|bearer|hmac|\b(?:sig|pass|pw|pat|otp|pin|sid))["']?\s*[:=]|\bbearer\s/i;

/** Say which of a service's things is meant, which may have a long name that a computer made. */
const harmlessNames =
  /^(?:workspace|project|org|organi[sz]ation|team|tenant|account|server|region|version|features?|tools?|toolsets?|read_?only|transport|profile|database|schema|environment|env|apps?|lang|language|locale|mode)(?:[-_]?(?:ref|name|slug))?$/i;
const idName = /(?:^|[-_.])ids?$|[a-z]I[dD]s?$/;

/** As some issuers begin theirs. */
const knownSecret =
  /(?:^|[^a-z\d])(?:sk[-_][\w-]{6}|rk_(?:live|test)_|gh[oprsu]_\w{6}|github_pat_|glpat-|xox[a-z]-|akia[\da-z]{12}|eyj[\w-]{8})/i;

/** No address that leads somewhere has more parameters; none that was not looked at is shown. */
const mostParameters = 200;
const longestWord = 32;
const leastRandom = 16;

/** Whether a parameter of this address, behind `?` or behind `;` in its path, is or may be a secret. */
export function holdsSecret(url: URL): boolean {
  const inQuery = url.search.slice(1).split(/[&;]/);
  const inPath = url.pathname.split('/').flatMap((segment) => {
    const [first = '', ...rest] = segment.split(';');
    return /[=;]/.test(decoded(first)) ? [first, ...rest] : rest;
  });
  const parameters = new Set([...inQuery, ...inPath]);
  if (parameters.size > mostParameters) return true;
  return [...parameters].some((parameter) => {
    const text = decoded(parameter);
    const at = text.indexOf('=');
    const name = at < 0 ? text : text.slice(0, at);
    const value = at < 0 ? '' : text.slice(at + 1);
    if (isTellingName(name) || looksSecret(name)) return true;
    if (knownSecret.test(value) || tellingPair.test(value)) return true;
    return !harmlessNames.test(name) && !idName.test(name) && looksSecret(value);
  });
}

/** Whether what goes by this name usually is a secret. */
export function isTellingName(name: string): boolean {
  if (tellingParts.test(name) || /^code$/i.test(name)) return true;
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').split(/[^a-z]+/i);
  return words.some((word) => tellingWords.has(word.toLowerCase()));
}

/** A name that may be shown, whoever chose it. */
export function isPlainWord(word: string): boolean {
  return /^[a-z\d_-]{1,30}$/i.test(word) && !looksSecret(word);
}

function looksSecret(text: string): boolean {
  if (knownSecret.test(text)) return true;
  return text.split(/[^\w~-]+/).some((token) => {
    const pieces = token.split(/[-_~]+/);
    const random = pieces.filter(isRandom).reduce((sum, piece) => sum + piece.length, 0);
    return random >= leastRandom || pieces.some((piece) => piece.length >= longestWord);
  });
}

/** Letters and digits, or great and small, change about as often as by chance, and not as at the joints of words. */
function isRandom(piece: string): boolean {
  if (piece.length < 4) return false;
  const changes = (piece.match(/\d+|[A-Z]+|[^\dA-Z]+/g)?.length ?? 1) - 1;
  return changes >= piece.length * (/\d/.test(piece) ? 0.25 : 0.4);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
