/** The help texts: what a person may want to do, in the order in which they usually want it. */

export interface CommandHelp {
  readonly usage: string;
  readonly summary: string;
  /** How many words it takes after its name. */
  readonly words: number;
  readonly more?: readonly string[];
}

export const commandHelp = {
  start: {
    usage: 'conexor start [--port <n>] [--vault-key-file <file>] [--memory] [--foreground]',
    summary: 'Start Conexor in the background (or find the one that runs).',
    words: 0,
    more: [
      '--port <n>             local address for programs: 127.0.0.1:<n> (usually 4747)',
      '--vault-key-file <f>   key of 256 bits in a file, for servers and containers without a keychain',
      '--memory               keep nothing: sign-ins last until Conexor stops',
      '--foreground           stay in this terminal',
    ],
  },
  stop: { usage: 'conexor stop', summary: 'Stop it. Sign-ins stay where they are kept.', words: 0 },
  services: { usage: 'conexor services', summary: 'Services that can be connected, and the ways into each.', words: 0 },
  connect: {
    usage: 'conexor connect <practice | organisation/server | service | address | name> [--way <way in>] [--another]',
    summary: 'Sign in to a service, in your browser or with what it gave you.',
    words: 1,
    more: [
      '--another                   sign in with another account',
      '--way <way in>              how: "npx conexor services" lists the ways into each service',
      '--fields-from <file>        what that way needs, as {"api-key": "…"} or api-key=… lines; - is standard input.',
      '                            Without it you are asked in the terminal; secrets are not shown',
      '--name <name>               short name for this service',
      '--service <id>              whose rules hold, where the address alone does not tell',
      '--client-id <id>            client that was created for you at the service',
      '--client-secret-file <f>    its secret, from a file (or from CONEXOR_CLIENT_SECRET)',
      '--private-key-file <f>      its private key in place of a secret (PEM or JWK)',
      '--header-name <name>        header for an API key, where the service has one of its own',
      '--issuer <address>          the sign-in server, where the service does not say which; or its endpoints:',
      '                            --authorization-endpoint, --token-endpoint, --revocation-endpoint <address>',
      '--redirect-uri <address>    where the service insists on one, such as http://localhost:3000/callback',
      '--scope "<a b>"             ask for just these permissions',
      '--no-browser                print the address instead of opening it; the address at which the browser ended',
      '                            can be pasted where it cannot come back to this computer',
    ],
  },
  finish: {
    usage: 'conexor finish [-c <connection>]',
    summary: 'Finish a waiting sign-in with the address at which the browser ended.',
    words: 0,
    more: [
      'The address is asked for, or read from standard input: it holds a code, which is no word for a command line',
    ],
  },
  import: {
    usage: 'conexor import [<file> | -] [--clean secret|entry|nothing]',
    summary: "Take services over from a dashboard's block or from Claude Desktop's file.",
    words: 1,
    more: [
      "Without a file: what Claude Desktop's own file holds and Claude skips, else what you paste",
      '--server <name>       only this one',
      '--service <id>        whose rules hold, where an address alone does not tell',
      '--way <way in>        how to sign in to it; client-credentials does so at once with what was imported',
      '--clean <what>        take the secret or the whole entry out of the file; a copy is made beside it first.',
      '                      Without it you are asked; without a terminal the file stays as it is',
      '--delete-backups      delete the copies that imports have left beside the file',
    ],
  },
  list: { usage: 'conexor list', summary: 'Connected services, their state and who uses them.', words: 0 },
  accounts: {
    usage: 'conexor accounts [<connection>]',
    summary: 'Accounts, what they may do, how long they last.',
    words: 1,
  },
  use: {
    usage: 'conexor use <account> [-c <connection>] [--for <program>]',
    summary: 'Switch to another account, for everyone or for one program.',
    words: 1,
    more: ['--for <program>   only this program; "npx conexor use current --for <program>" ends that'],
  },
  rename: {
    usage: 'conexor rename <account> <name> [-c <connection>]',
    summary: 'Give an account the name that you want to see.',
    words: 2,
  },
  validate: {
    usage: 'conexor validate [<account>] [-c <connection>]',
    summary: 'Ask the service whether an access is still good.',
    words: 1,
    more: ['Exit code 3 where it is not'],
  },
  tools: { usage: 'conexor tools [-c <connection>]', summary: 'What assistants can do with a service.', words: 0 },
  call: {
    usage: 'conexor call <tool> [\'{"json":"arguments"}\'] [-c <connection>]',
    summary: 'Call one tool and print its answer.',
    words: 2,
    more: ['--as <program>   call as this program, with the account it is bound to'],
  },
  revoke: {
    usage: 'conexor revoke [<account or connection>] [-c <connection>]',
    summary: 'Sign out: forget it here and have the service cancel it.',
    words: 1,
  },
  remove: {
    usage: 'conexor remove <connection>',
    summary: 'Sign all its accounts out and forget the service.',
    words: 1,
  },
  registration: {
    usage: 'conexor registration [read | update | delete [--yes]] [-c <connection>]',
    summary: 'How a service knows Conexor; change or delete that entry where it can be.',
    words: 1,
  },
  pause: {
    usage: 'conexor pause [<connection>]',
    summary: 'Take access from all programs, at one service or all, and keep the sign-in.',
    words: 1,
  },
  resume: { usage: 'conexor resume [<connection>]', summary: 'Give it back.', words: 1 },
  programs: {
    usage: 'conexor programs',
    summary: 'Programs on this computer: what they may use, and when they last did.',
    words: 0,
  },
  allow: {
    usage: 'conexor allow <program> [<connection>]',
    summary: 'Let a program use a service.',
    words: 2,
    more: ['Without a connection: wherever it asks, else wherever it is known'],
  },
  deny: {
    usage: 'conexor deny <program> [<connection>]',
    summary: 'Take it away again, at one service or everywhere.',
    words: 2,
    more: ['Without a connection its local key (conexor url) ends, too'],
  },
  answer: {
    usage: 'conexor answer <question> yes|no',
    summary: 'Answer what a program asks to do ("conexor list" shows it).',
    words: 2,
  },
  clients: {
    usage: 'conexor clients [list | add | remove | verify | undo] [<program>]',
    summary: "Put Conexor into an assistant's settings, take it out again, and see whether it works there.",
    // A program may be given many connections.
    words: 52,
    more: [
      'list                        programs on this computer, and how it is with each',
      'add <program>               show the exact change, ask, write it; one entry for all services, unless:',
      '--each <connection> …       one entry for each of these',
      '--way <way>                 file, bundle, link, command or copy: what "list --json" names for the program',
      'remove <program> | --all    take out what Conexor wrote, and nothing else',
      'verify [<program>]          whether the program itself has started Conexor; exit code 1 where it has not',
      'undo <program>              the file as it was before the last change, byte by byte',
      '--dry-run                   only show what would change',
      '--yes                       do not ask; needed where there is no terminal',
    ],
  },
  'take-over': {
    usage: 'conexor take-over [--dry-run] [--yes] [--server <name>] [--keep-tokens]',
    summary: 'Replace what assistants start with npx mcp-remote, and end the sign-ins that it left in files.',
    words: 0,
    more: [
      'Shows each step and asks; a copy of every file is made beside it before it is changed',
      '--server <name>        only the entry of this name, and its sign-ins',
      '--keep-tokens          leave the sign-ins in files as they are',
      '--delete-unreachable   delete them too where their service cannot be asked to cancel them',
      '--unknown-tokens       delete those too of which nobody knows whose they are',
      '--dry-run              only show what would be done',
      '--yes                  do not ask; needed where there is no terminal',
    ],
  },
  url: {
    usage: 'conexor url [<connection>] [--client <program>] [--container]',
    summary: 'The local address and key for a program that speaks HTTP (n8n, curl, scripts).',
    words: 1,
    more: [
      '--container   for a program in a container on this computer: another address, a key that holds only there',
      '_all in place of a connection: every service at one address',
    ],
  },
  containers: {
    usage: 'conexor containers [on | off]',
    summary: 'Let programs in containers on this computer come, or not (off unless you choose it).',
    words: 1,
    more: ['Each needs a key of its own: npx conexor url <connection> --client <program> --container'],
  },
  bridge: {
    usage: 'conexor bridge <address or connection>',
    summary: 'What an assistant starts: the service on standard input and output.',
    words: 1,
    more: [
      'Stands in for: npx mcp-remote <address>',
      '_all in place of an address: every service you have connected, in one',
      '--client <program>          the name under which this program is listed',
      '--client-id <id>, --client-secret-file <f>, --redirect-uri <address>: as for connect',
      '_oauth in place of an address: five tools to sign in, check and sign out; you are asked first',
    ],
  },
  window: {
    usage: 'conexor window [--no-browser]',
    summary: "Open Conexor's window.",
    words: 0,
    more: ['--no-browser   print the address instead of opening it; it works once'],
  },
  doctor: { usage: 'conexor doctor', summary: 'Look for what is wrong and say what to do.', words: 0 },
} as const satisfies Record<string, CommandHelp>;

export type CommandName = keyof typeof commandHelp;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commandHelp, name);
}

export function helpFor(name: CommandName): string {
  const help: CommandHelp = commandHelp[name];
  return [
    help.summary,
    '',
    `  npx ${help.usage}`,
    ...(help.more ? ['', ...help.more.map((line) => `  ${line}`)] : []),
  ].join('\n');
}

export function overview(version: string): string {
  const width = Math.max(...Object.keys(commandHelp).map((name) => name.length));
  const lines = Object.entries(commandHelp).map(([name, help]) => `  ${name.padEnd(width)}  ${help.summary}`);
  return [
    `Conexor ${version}: sign in once, use your services from every assistant on this computer.`,
    '',
    'Usage: npx conexor <command> [options]',
    '',
    ...lines,
    '',
    'For every command: --help, --json, --data <folder>',
    'Exit codes: 0 done, 1 it did not work, 2 wrong usage, 3 a sign-in is needed, 130 cancelled',
  ].join('\n');
}
