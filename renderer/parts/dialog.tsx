/**
 * Questions over the page. Shown while mounted: `{asking && <Dialog …/>}`. Escape closes it, focus stays inside and
 * returns to where it came from. Focus goes to whatever has `autoFocus`; in a destructive one that is Cancel.
 */
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWords } from '../words/use-words.ts';
import { Breakable } from './breakable.tsx';
import { Button } from './button.tsx';
import { TaskLine } from './task-line.tsx';
import { useTask } from './use-task.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons, the main one last. */
  readonly actions?: ReactNode;
  /** Ends something: read out as an alert. */
  readonly alert?: boolean;
  /** A press beside it does not close it. */
  readonly modalOnly?: boolean;
  readonly size?: 'small' | 'large';
  /** Above the title, such as a picture. */
  readonly head?: ReactNode;
}

export function Dialog({ title, onClose, children, alert = false, size = 'small', ...rest }: DialogProps) {
  const { actions, head, modalOnly = alert } = rest;
  return (
    <ModalOverlay
      className="veil"
      isOpen
      isDismissable={!modalOnly}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={size === 'large' ? 'modal large' : 'modal'}>
        <AriaDialog className="dialog" role={alert ? 'alertdialog' : 'dialog'}>
          {head}
          <Heading slot="title" level={2}>
            <Breakable text={title} />
          </Heading>
          <div className="dialog-body">{children}</div>
          {actions ? <div className="dialog-actions">{actions}</div> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The main button's words: the verb, not "OK". */
  readonly verb: string;
  /** Resolves when it is done; then `onClose` is called. What it throws is shown, and the dialog stays. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  /** Red verb, focus on Cancel. */
  readonly destructive?: boolean;
}

/** What stops, who is affected, what is not touched; then Cancel and the verb (rule 7). */
export function ConfirmDialog({ title, children, verb, onConfirm, onClose, destructive = false }: ConfirmProps) {
  const words = useWords().window;
  const task = useTask();
  const confirm = () =>
    task.run(async (signal) => {
      await onConfirm();
      if (!signal.aborted) onClose();
    });
  return (
    <Dialog
      title={title}
      alert={destructive}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose} autoFocus={destructive}>
            {words.cancel}
          </Button>
          <Button
            tone={destructive ? 'danger' : 'primary'}
            busy={task.running}
            autoFocus={!destructive}
            onPress={confirm}
          >
            {verb}
          </Button>
        </>
      }
    >
      {children}
      <TaskLine task={task} />
    </Dialog>
  );
}
