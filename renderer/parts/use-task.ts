/**
 * Something that takes time, as rule 16 asks: progress at once, words after a second, a way to stop waiting after
 * three. One at a time: starting it again while it runs does nothing, so a double click is one click.
 */
import { useEffect, useRef, useState } from 'react';
import { asWindowFault, type WindowFault } from '../client/client.ts';

export interface Task {
  readonly running: boolean;
  /** `words` from the first second on, `cancel` from the third. */
  readonly phase: 'progress' | 'words' | 'cancel';
  readonly fault: WindowFault | undefined;
  /** `signal` is aborted when the person stopped waiting or the component went away: then change nothing any more. */
  run(work: (signal: AbortSignal) => Promise<void>): void;
  /** Stops waiting. What was asked for may still happen. */
  cancel(): void;
  /** Forgets the fault. */
  clear(): void;
}

const wordsAfterMs = 1_000;
const cancelAfterMs = 3_000;

export function useTask(): Task {
  const [running, setRunning] = useState(false);
  const [phase, setPhase] = useState<Task['phase']>('progress');
  const [fault, setFault] = useState<WindowFault>();
  const current = useRef<AbortController>(undefined);

  useEffect(() => {
    if (!running) return undefined;
    const timers = [
      setTimeout(() => setPhase('words'), wordsAfterMs),
      setTimeout(() => setPhase('cancel'), cancelAfterMs),
    ];
    return () => {
      for (const timer of timers) clearTimeout(timer);
      setPhase('progress');
    };
  }, [running]);
  useEffect(() => () => current.current?.abort(), []);

  const end = (controller: AbortController) => {
    if (current.current !== controller) return;
    current.current = undefined;
    setRunning(false);
  };

  return {
    running,
    phase,
    fault,
    run(work) {
      if (current.current) return;
      const controller = new AbortController();
      current.current = controller;
      setRunning(true);
      setFault(undefined);
      work(controller.signal)
        .catch((thrown: unknown) => {
          if (!controller.signal.aborted) setFault(asWindowFault(thrown));
        })
        .finally(() => end(controller));
    },
    cancel() {
      const controller = current.current;
      controller?.abort();
      if (controller) end(controller);
    },
    clear: () => setFault(undefined),
  };
}
