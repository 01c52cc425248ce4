/** The window comes forward after its own sign-ins that succeeded, and for nothing else. */
import { describe, expect, it, vi } from 'vitest';
import { followSignIns } from '../../electron/shell/sign-ins.ts';
import type { WindowAnswer } from '../../shared/window.ts';

function scene(started: WindowAnswer, ended: object) {
  const comeForward = vi.fn();
  const asked: string[] = [];
  const ask = followSignIns(async (method): Promise<WindowAnswer> => {
    asked.push(method);
    return method === 'startSignIn' ? started : { ok: true, result: ended as never };
  }, comeForward);
  return { ask, asked, comeForward };
}
const started: WindowAnswer = {
  ok: true,
  result: { attempt: 'a', host: 'h', permissions: [], browserOpened: true },
};

describe('the window comes forward', () => {
  it('after a sign-in that it began', async () => {
    const { ask, comeForward } = scene(started, { kind: 'done' });
    expect(await ask('startSignIn', { connection: 'sales', openBrowser: true })).toEqual(started);
    await vi.waitFor(() => expect(comeForward).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  });

  it.each(['denied', 'cancelled', 'timed-out', 'failed', 'open'])('not after one that ended as %s', async (kind) => {
    const { ask, asked, comeForward } = scene(started, { kind });
    await ask('startSignIn', {});
    await vi.waitFor(() => expect(asked).toEqual(['startSignIn', 'signInOutcome']), { timeout: 10_000 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(comeForward).not.toHaveBeenCalled();
  });

  it('not after one that could not begin, and not for what somebody else did', async () => {
    const { ask, asked, comeForward } = scene(
      { ok: false, fault: { fault: 'unreachable', what: '', next: '' } },
      { kind: 'done' },
    );
    await ask('startSignIn', {});
    await ask('signInOutcome', { attempt: 'of the command line' });
    expect(asked).toEqual(['startSignIn', 'signInOutcome']);
    expect(comeForward).not.toHaveBeenCalled();
  });
});
