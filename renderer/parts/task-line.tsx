/** What a person sees of something that runs: that it runs (rule 16), then, where it failed, what to do (rule 11). */
import type { ComponentProps } from 'react';
import { BusyLine } from './busy-line.tsx';
import { FaultNotice } from './notice.tsx';

type Props = ComponentProps<typeof BusyLine> & Pick<ComponentProps<typeof FaultNotice>, 'action'>;

/** `action` stands beside the fault. */
export function TaskLine({ action, ...busy }: Props) {
  const { fault } = busy.task;
  return (
    <>
      <BusyLine {...busy} />
      {fault ? <FaultNotice fault={fault} {...(action ? { action } : {})} /> : null}
    </>
  );
}
