/** A command that was not given what it needs. */
import { Fault } from '../../shared/faults.ts';
import { type CommandName, commandHelp } from './help.ts';

export function usageFault(command: CommandName): Fault {
  return new Fault('input-invalid', {
    subject: `"conexor ${command}" alone`,
    next: `Write it like this: npx ${commandHelp[command].usage}`,
  });
}
