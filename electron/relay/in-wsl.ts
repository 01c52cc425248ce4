/** Whether this Linux is WSL: the one question that is asked everywhere, and only where no broker was found. */
import { readFileSync } from 'node:fs';

export function isWsl(
  env: Readonly<Record<string, string | undefined>>,
  osRelease = '/proc/sys/kernel/osrelease',
): boolean {
  // Hosts start their servers with few variables.
  if (env['WSL_DISTRO_NAME'] || env['WSL_INTEROP']) return true;
  try {
    return /microsoft/i.test(readFileSync(osRelease, 'utf8'));
  } catch {
    return false;
  }
}
