/** A sign-in over whatever page is shown: one dialog whose content follows the steps of `sign-in-store.ts`. */
import { type ReactNode, useEffect } from 'react';
import { useConnection } from '../client/state.ts';
import { IconButton } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import type { IconName } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { Wire, type WireState } from '../parts/wire.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';
import { DeviceActions, DeviceStep } from './device-step.tsx';
import { EndedActions, EndedStep, endedTitle } from './ended-step.tsx';
import { FaultActions, FaultStep } from './fault-step.tsx';
import { FormStep } from './form-step.tsx';
import { PreparingStep } from './preparing-step.tsx';
import { ReadyActions, ReadyStep } from './ready-step.tsx';
import type { Sheet, Step, StepProps } from './sign-in-steps.ts';
import { cancelSignIn, hideSheet, useSheet } from './sign-in-store.ts';
import { focusService } from './tell-outcome.ts';
import { WaitingActions, WaitingStep } from './waiting-step.tsx';

export function SignInSheet() {
  const sheet = useSheet();
  return sheet ? <OpenSheet sheet={sheet} /> : null;
}

function OpenSheet({ sheet }: { readonly sheet: Sheet }) {
  const words = useWords();
  const { connection } = sheet.wanted;
  const there = useConnection(connection);
  const service = useServiceNames().get(connection) ?? there?.title ?? '';
  const props: StepProps = { sheet, service };
  const { step } = sheet;
  // The button that had the focus is gone, and the new title is to be read out.
  useEffect(() => {
    if (step.kind === 'waiting') document.querySelector<HTMLElement>('.dialog')?.focus();
  }, [step.kind]);
  const waits = step.kind === 'waiting' || step.kind === 'device';
  const ended = step.kind === 'ended' || step.kind === 'fault';
  return (
    <Dialog
      title={titleOf(sheet, service, words)}
      // Escape: what was not begun is given up; what waits in the browser goes on waiting, in the list.
      onClose={() => (waits ? hideSheet() : ended ? closeEnded(connection) : cancelSignIn())}
      modalOnly
      head={
        <>
          {ended || waits ? (
            <div className="dialog-corner">
              <IconButton
                icon="close"
                label={waits ? words.signIn.hide : words.window.close}
                onPress={waits ? hideSheet : () => closeEnded(connection)}
              />
            </div>
          ) : null}
          <Wire
            from={<Mark size={30} />}
            to={<Monogram name={service} size={44} />}
            state={wireOf(step)}
            {...knotOf(step)}
          />
        </>
      }
      actions={actionsOf(step, props)}
    >
      {contentOf(step, props)}
    </Dialog>
  );
}

function closeEnded(connection: string): void {
  hideSheet();
  focusService(connection);
}

function titleOf({ step, wanted }: Sheet, service: string, words: ReturnType<typeof useWords>): string {
  if (step.kind === 'waiting') return step.notOpened ? words.signIn.notOpened : words.signIn.waiting;
  if (step.kind === 'device') return words.waysIn.device.title;
  if (step.kind === 'ended') return endedTitle(step.outcome, service, words);
  if (step.kind === 'fault') return step.fault.what;
  return wanted.another ? words.signIn.titleAnother(service) : words.signIn.title(service);
}

function contentOf(step: Step, props: StepProps): ReactNode {
  switch (step.kind) {
    case 'form':
      return <FormStep {...props} step={step} />;
    case 'preparing':
      return <PreparingStep {...props} />;
    case 'ready':
      return <ReadyStep {...props} host={step.host} />;
    case 'waiting':
      return <WaitingStep {...props} step={step} />;
    case 'device':
      return <DeviceStep {...props} step={step} />;
    case 'ended':
      return <EndedStep {...props} outcome={step.outcome} byCode={step.byCode ?? false} />;
    case 'fault':
      return <FaultStep {...props} fault={step.fault} />;
  }
}

function actionsOf(step: Step, props: StepProps): ReactNode {
  switch (step.kind) {
    case 'form':
      return undefined;
    case 'preparing':
    case 'ready':
      return <ReadyActions ready={step.kind === 'ready'} />;
    case 'waiting':
      return <WaitingActions step={step} />;
    case 'device':
      return <DeviceActions step={step} />;
    case 'ended':
      return (
        <EndedActions {...props} outcome={step.outcome} onClose={() => closeEnded(props.sheet.wanted.connection)} />
      );
    case 'fault':
      return <FaultActions fault={step.fault} />;
  }
}

function wireOf(step: Step): WireState {
  if (step.kind === 'waiting' || step.kind === 'device' || step.kind === 'preparing') return 'running';
  if (step.kind === 'ended' && (step.outcome.kind === 'done' || step.outcome.kind === 'open')) return 'whole';
  return 'open';
}

function knotOf(step: Step): { readonly icon?: IconName } {
  if (step.kind === 'waiting') return { icon: 'browser' };
  if (step.kind === 'form' || step.kind === 'device') return { icon: 'key' };
  if (wireOf(step) === 'whole') return { icon: 'check' };
  return {};
}
