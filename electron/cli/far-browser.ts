/**
 * A sign-in from a terminal whose person sits at another computer (SSH): no browser is opened here, and theirs cannot come
 * back by itself. What they are told then: paste the address at which it ended, or type a code; or bring the port there.
 */
import { userInfo } from 'node:os';
import type { ConnectionView } from '../../shared/snapshot.ts';

type Surroundings = Readonly<Record<string, string | undefined>>;

/** With a screen that comes along (`ssh -X`) it is as if they sat here. */
export function isFarAway(env: Surroundings): boolean {
  const isRemote = Boolean(env['SSH_CONNECTION'] || env['SSH_TTY'] || env['SSH_CLIENT']);
  return isRemote && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
}

export interface FarSignIn {
  readonly connection: Pick<ConnectionView, 'name' | 'waysIn'>;
  readonly address: string;
  /** The address at which the browser ended is asked for right behind these words. */
  readonly canPaste: boolean;
}

/** Line by line; the address stands alone on its own. */
export function farWords(env: Surroundings, { connection, address, canPaste }: FarSignIn): readonly string[] {
  const { name, waysIn } = connection;
  const forward = forwardCommand(env, address);
  return [
    'You are connected from another computer. Open this address in the browser there:',
    address,
    '',
    ...(canPaste
      ? []
      : [`It ends on a page that does not open. Give the address of that page to: npx conexor finish -c ${name}`]),
    ...(waysIn.some(({ id }) => id === 'device-code')
      ? [`Or sign in with a code instead: npx conexor connect ${name} --way device-code`]
      : []),
    ...(forward === undefined ? [] : [`Or run this there first, and the page opens by itself: ${forward}`]),
  ];
}

/** Brings the port at which the browser comes back to the computer in front of the person (`ssh -L`). */
function forwardCommand(env: Surroundings, address: string): string | undefined {
  const redirect = URL.canParse(address) ? new URL(address).searchParams.get('redirect_uri') : null;
  // Pushed to the service (RFC 9126), it does not stand in the address.
  if (redirect === null || !URL.canParse(redirect)) return undefined;
  const { hostname, port } = new URL(redirect);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  // "client port server port" (sshd(8), ENVIRONMENT).
  const server = env['SSH_CONNECTION']?.split(' ')[2];
  if (!isHere || port === '' || server === undefined || !/^[\da-f.:%\w-]+$/i.test(server)) return undefined;
  return `ssh -N -L ${port}:${hostname}:${port} ${userName()}@${server}`;
}

function userName(): string {
  try {
    const { username } = userInfo();
    return /^[\w.-]+$/.test(username) ? username : '<you>';
  } catch {
    return '<you>';
  }
}
