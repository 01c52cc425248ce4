/** `conexor`: the command line. Each command asks the one broker over its control socket; none holds a secret. */

import { faultWords } from '../shared/fault-words.ts';
import { asFault } from '../shared/faults.ts';
import { registration, rename, validate } from './cli/access.ts';
import { bridge } from './cli/bridge.ts';
import { clients } from './cli/clients.ts';
import { connect, finish } from './cli/connect.ts';
import { containers } from './cli/containers.ts';
import { type Context, createContext } from './cli/context.ts';
import { doctor } from './cli/doctor.ts';
import { type CommandName, commandHelp, helpFor, isCommand, overview } from './cli/help.ts';
import { importServers } from './cli/import.ts';
import { start, stop } from './cli/lifecycle.ts';
import { parseCommandLine } from './cli/options.ts';
import { createOutput, exitCodeOf, exitCodes, type Output } from './cli/output.ts';
import { pause, resume } from './cli/pause.ts';
import { allow, deny, programs } from './cli/programs.ts';
import { answer } from './cli/questions.ts';
import { accounts, list, remove, revoke, url, use } from './cli/services.ts';
import { takeOver } from './cli/take-over.ts';
import { UsageError, unknownWord } from './cli/usage.ts';
import { services } from './cli/ways-in.ts';
import { window } from './cli/window.ts';
import { ControlError } from './core/control/client.ts';
import { version } from './version.ts';

const commands: Record<CommandName, (context: Context) => Promise<number>> = {
  start,
  stop,
  services,
  connect,
  finish,
  import: importServers,
  list,
  accounts,
  use,
  rename,
  validate,
  // The SDK's client costs a tenth of a second to load; only these two need it.
  tools: async (context) => (await import('./cli/mcp.ts')).tools(context),
  call: async (context) => (await import('./cli/mcp.ts')).call(context),
  revoke,
  remove,
  registration,
  pause,
  resume,
  programs,
  allow,
  deny,
  answer,
  clients,
  'take-over': takeOver,
  url,
  containers,
  bridge,
  window,
  doctor,
};

async function main(argv: readonly string[]): Promise<number> {
  const plain = createOutput(argv.includes('--json'), process.stdout, process.stderr);
  try {
    const { command, parameters, options } = parseCommandLine(argv);
    const wanted = command === 'help' ? (parameters[0] ?? '') : command;
    if (options.version) {
      plain.data({ version });
      plain.say(version);
      return exitCodes.done;
    }
    if (wanted === '') {
      plain.data({ version, commands: commandHelp });
      plain.say(overview(version));
      return exitCodes.done;
    }
    if (!isCommand(wanted)) {
      throw new UsageError(
        `Conexor has no command "${wanted.slice(0, 60)}".`,
        'See all of them with: npx conexor help',
      );
    }
    if (options.help || command === 'help') {
      plain.data(commandHelp[wanted]);
      plain.say(helpFor(wanted));
      return exitCodes.done;
    }
    const extra = parameters[commandHelp[wanted].words];
    if (extra !== undefined) {
      throw unknownWord(wanted, extra, ...parameters.slice(0, commandHelp[wanted].words));
    }
    return await commands[wanted](createContext(parameters, options, plain, process.env));
  } catch (thrown) {
    return failed(plain, thrown);
  }
}

function failed(output: Output, thrown: unknown): number {
  if (thrown instanceof ControlError || thrown instanceof UsageError) {
    output.fail(thrown.words);
    return exitCodeOf(thrown.words.fault);
  }
  const fault = asFault(thrown);
  output.fail({ fault: fault.code, ...faultWords(fault) });
  return exitCodeOf(fault.code);
}

// Whoever reads us may stop reading: `conexor list | head -1` is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
// A control connection that is still open must not keep a finished command waiting.
process.stdout.write('', () => process.exit());
