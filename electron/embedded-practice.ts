/**
 * The practice service inside the broker: on its own port where that is free, so that its address stays the same from
 * one start to the next, else on another. Its accounts live in memory: after a restart one signs in again.
 */
import { Fault } from '../shared/faults.ts';
import { practicePort } from './core/services/practice.ts';
import { startPractice } from './practice/service.ts';

/** The address of its first MCP server. */
export async function startEmbeddedPractice(): Promise<string> {
  try {
    return (await startPractice({ port: practicePort })).resource;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'port-taken') return (await startPractice({ port: 0 })).resource;
    throw thrown;
  }
}
