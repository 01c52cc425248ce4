/**
 * Services that a failed attempt to add them has taken away again: for the person they never were there, so their
 * removal is no news. Known in this window for as long as it is open.
 */
const key = 'conexor-taken-back';
const most = 100;

export function noteTakenBack(connection: string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify([connection, ...takenBack()].slice(0, most)));
  } catch {
    // Without storage the removal is told, which is true as well.
  }
}

export function takenBack(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
