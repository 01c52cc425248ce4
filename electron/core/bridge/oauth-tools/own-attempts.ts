/**
 * Sign-ins that programs began here, each for the very program that began it: nobody else is shown its address, and what
 * the person or another program began is neither joined, finished nor ended.
 */
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { SignInAttempt } from '../../broker/sign-in.ts';
import type { SignInWish } from '../../broker/sign-in-prepare.ts';
import type { ToolContext } from './tool-context.ts';

type Program = Pick<ToolContext, 'client' | 'door'>;

/** Of those, the oldest have ended long ago. */
const mostRemembered = 256;

export class OwnAttempts {
  readonly #programs = new Map<string, string>();

  add(attempt: string, program: Program): void {
    this.#programs.set(attempt, nameOf(program));
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > mostRemembered && oldest !== undefined) this.#programs.delete(oldest);
  }

  has(attempt: string, program: Program): boolean {
    return this.#programs.get(attempt) === nameOf(program);
  }
}

const nameOf = ({ client, door }: Program) => JSON.stringify([client, door]);

/** The program's own attempt there, `others` where one of somebody else's is under way, undefined where none is. */
export async function underWay(
  tools: ToolContext,
  { id }: ConnectionView,
): Promise<SignInAttempt | 'others' | undefined> {
  const { signIns } = tools.broker;
  if (!signIns.isWaiting(id)) return undefined;
  const waiting = signIns.waitingView(id);
  return waiting && tools.attempts.has(waiting.attempt, tools) ? signIns.start(id, {}) : 'others';
}

/** Undefined where one is under way already. Throws the faults of preparing. */
export async function beginOwn(
  tools: ToolContext,
  { id }: ConnectionView,
  wish: SignInWish,
): Promise<SignInAttempt | undefined> {
  const { signIns } = tools.broker;
  // Nothing may come between these two: `start` joins what is under way.
  if (signIns.isWaiting(id)) return undefined;
  const attempt = await signIns.start(id, wish);
  tools.attempts.add(attempt.id, tools);
  return attempt;
}

export function underWayInWords({ title }: ConnectionView): string {
  return `A sign-in at ${title} is under way in Conexor already, and only who began it can go on with it. The person finishes or cancels it there; then call this tool again.`;
}
