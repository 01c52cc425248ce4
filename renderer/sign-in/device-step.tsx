/**
 * A code to be typed at the service's page, in whichever browser (RFC 8628): the code large, the page's address, a
 * picture of it for a phone, and how long it is good for. Nothing opens by itself.
 */
import { lazy, Suspense, useEffect } from 'react';
import { isOnThisComputer } from '../../shared/this-computer.ts';
import type { DeviceCode } from '../../shared/ways-in.ts';
import { useNow } from '../client/clock.ts';
import { useConnection } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { useOpensHere } from './opens-here.ts';
import type { Step, StepProps } from './sign-in-steps.ts';
import { cancelSignIn, openPage } from './sign-in-store.ts';
import { useStill } from './waiting-step.tsx';

type Device = Extract<Step, { kind: 'device' }>;

/** Loaded only where a code is shown; without it, the code and the page's address are there all the same. */
const QrCode = lazy(() =>
  import('../parts/qr-code.tsx').then(
    (loaded) => ({ default: loaded.QrCode }),
    () => ({ default: NoPicture }),
  ),
);

/** As large as the picture: nothing moves when that comes. */
function NoPicture() {
  return <div className="qr-code" />;
}

const minuteMs = 60_000;
const clockMs = 5_000;

export function DeviceStep({ sheet, step }: StepProps & { readonly step: Device }) {
  const words = useWords();
  const { device: own } = words.waysIn;
  const { device } = step;
  const waiting = useConnection(sheet.wanted.connection)?.signIn;
  const still = useStill(waiting?.startedAtMs);
  const said = own.said(signsOf(device.userCode));
  useEffect(() => announce(said), [said]);
  return (
    <>
      <p>{isOnThisComputer(device.verificationUri) ? own.textHere : own.text}</p>
      <div className="device">
        <dl className="device-words">
          <div>
            <dt>{own.page}</dt>
            <dd>
              <code className="device-page">{pageOf(device)}</code>
            </dd>
          </div>
          <div>
            <dt>{own.code}</dt>
            <dd>
              <code className="device-code" aria-hidden="true">
                {device.userCode}
              </code>
              <span className="unseen">{said}</span>
            </dd>
          </div>
        </dl>
        {isOnThisComputer(device.verificationUri) ? null : (
          <figure className="device-picture">
            <Suspense fallback={<NoPicture />}>
              <QrCode text={device.verificationUriComplete ?? device.verificationUri} label={own.qr} />
            </Suspense>
            <figcaption className="small soft">{own.qrHint}</figcaption>
          </figure>
        )}
      </div>
      <p className="small">
        <TimeLeft endsAtMs={waiting?.endsAtMs} />
      </p>
      <p role="status">{step.notOpened ? own.notOpened : still ? words.signIn.still : ''}</p>
    </>
  );
}

export function DeviceActions({ step }: { readonly step: Device }) {
  const words = useWords();
  const task = useTask();
  const here = useOpensHere();
  return (
    <>
      <Button onPress={cancelSignIn}>{words.window.cancel}</Button>
      <CopyButton
        label={words.waysIn.device.copy}
        done={words.waysIn.device.copied}
        text={step.device.userCode}
        tone="plain"
      />
      <Button
        tone="primary"
        icon="outside"
        autoFocus
        busy={task.running}
        onPress={() => task.run(async () => void (await openPage(step.attempt)))}
      >
        {here ? words.signIn.openHere : words.waysIn.device.open}
      </Button>
      <TaskLine task={task} />
    </>
  );
}

function TimeLeft({ endsAtMs }: { readonly endsAtMs: number | undefined }) {
  const { device } = useWords().waysIn;
  const nowMs = useNow(clockMs);
  if (endsAtMs === undefined) return null;
  const minutes = Math.floor((endsAtMs - nowMs) / minuteMs);
  return minutes < 1 ? device.leftShort : device.left(minutes);
}

/** As people type it; the scheme of a page is every browser's own. */
export function pageOf({ verificationUri }: DeviceCode): string {
  return verificationUri.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/** "B D W P – H Q L K": one sign after the other. */
function signsOf(code: string): string {
  return [...code].join(' ');
}
