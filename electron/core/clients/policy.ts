/**
 * What an organisation does not allow in a program: asked where its administrators set it (CLIENTS.md 1.1, "Policy"; the
 * registry of Windows, managed preferences of macOS). On Linux no such place is known.
 */
import { win32 } from 'node:path';
import type { ClientWay } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import { outputOf } from '../processes/program-output.ts';
import type { ClientProgram, Computer } from './client-program.ts';

const waitMs = 2_000;

/** Throws `program-policy` where this way is not allowed. What cannot be asked is taken as allowed: the program itself decides. */
export async function requireAllowed(
  program: ClientProgram,
  way: ClientWay,
  computer: Computer,
  ask?: typeof outputOf,
): Promise<void> {
  if ((await forbiddenWays(program, computer, ask)).has(way)) {
    throw new Fault('program-policy', { subject: program.title, reason: way });
  }
}

/** Never throws. `ask`: one of the system's own programs. */
export async function forbiddenWays(
  program: ClientProgram,
  computer: Computer,
  ask: typeof outputOf = outputOf,
): Promise<ReadonlySet<ClientWay>> {
  const { policy } = program;
  if (!policy) return new Set();
  const off = await switchedOff(policy, computer, ask);
  return new Set(Object.entries(policy.allows).flatMap(([way, name]) => (off.has(name) ? [way as ClientWay] : [])));
}

/** Names that are set to no. */
async function switchedOff(
  { registry, preferences, allows }: NonNullable<ClientProgram['policy']>,
  { platform, env }: Computer,
  ask: typeof outputOf,
): Promise<ReadonlySet<string>> {
  const names = Object.values(allows);
  if (platform === 'win32') {
    const reg = win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe');
    const said = await Promise.all(registry.map((key) => ask(reg, ['query', key], waitMs)));
    return new Set(said.flatMap(({ stdout }) => offInRegistry(stdout)));
  }
  if (platform === 'darwin') {
    const said = await Promise.all(names.map((name) => ask('/usr/bin/defaults', ['read', preferences, name], waitMs)));
    return new Set(names.filter((_, n) => said[n]?.code === 0 && said[n]?.stdout.trim() === '0'));
  }
  return new Set();
}

/** Of `reg query`: names whose value is the number zero. */
function offInRegistry(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => /^\s+(\S+)\s+REG_DWORD\s+0x0+\s*$/.exec(line)?.[1] ?? []);
}
