/**
 * The practice service inside the broker: on its own port where that is free, so that its address stays the same from
 * one start to the next, else on another. Its accounts live in memory: after a restart one signs in again.
 */
import { Fault } from '../shared/faults.ts';
import { practicePort } from './core/services/practice.ts';

/** Starts it when it is first asked for, and once; gives the address of its first MCP server. */
export function embeddedPractice(): () => Promise<string> {
  let started: Promise<string> | undefined;
  return () => {
    started ??= startEmbedded();
    started.catch(() => {
      started = undefined;
    });
    return started;
  };
}

async function startEmbedded(): Promise<string> {
  // Read only when somebody wants it.
  const { startPractice } = await import('./practice/service.ts');
  try {
    return (await startPractice({ port: practicePort })).resource;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'port-taken') return (await startPractice({ port: 0 })).resource;
    throw thrown;
  }
}
