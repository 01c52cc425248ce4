/** The command line's grammar as data: what each command takes, and its help. Parsed by node:util, checked by zod. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Fault } from '../../shared/faults.ts';
import { cleaningSchema } from '../../shared/imports.ts';
import { UsageError } from './usage.ts';

const optionTypes = {
  account: 'string',
  all: 'boolean',
  another: 'boolean',
  as: 'string',
  'authorization-endpoint': 'string',
  clean: 'string',
  'client-id': 'string',
  'client-secret-file': 'string',
  client: 'string',
  connection: 'string',
  container: 'boolean',
  data: 'string',
  'delete-backups': 'boolean',
  'delete-unreachable': 'boolean',
  'dry-run': 'boolean',
  each: 'string',
  'fields-from': 'string',
  for: 'string',
  foreground: 'boolean',
  'header-name': 'string',
  help: 'boolean',
  issuer: 'string',
  json: 'boolean',
  'keep-tokens': 'boolean',
  'log-level': 'string',
  memory: 'boolean',
  name: 'string',
  'no-browser': 'boolean',
  port: 'string',
  'private-key-file': 'string',
  'redirect-uri': 'string',
  'revocation-endpoint': 'string',
  scope: 'string',
  server: 'string',
  service: 'string',
  'token-endpoint': 'string',
  'unknown-tokens': 'boolean',
  'vault-key-file': 'string',
  version: 'boolean',
  way: 'string',
  yes: 'boolean',
} as const;

export type OptionName = keyof typeof optionTypes;

/** Those that may be given more than once. */
const manyTimes: ReadonlySet<string> = new Set<OptionName>(['each']);

const shortNames: Partial<Record<OptionName, string>> = { connection: 'c', help: 'h', version: 'v' };

const portWords = 'a number from 0 to 65535';
const port = z.coerce.number(portWords).int(portWords).min(0, portWords).max(65535, portWords);
const text = z.string().min(1).max(4096);
const optionsSchema = z.object({
  account: text.optional(),
  all: z.boolean().optional(),
  another: z.boolean().optional(),
  as: text.optional(),
  'authorization-endpoint': text.optional(),
  /** What leaves the file that an import came from. */
  clean: cleaningSchema.optional(),
  'client-id': text.optional(),
  'client-secret-file': text.optional(),
  client: z
    .string()
    .regex(/^[\w.@-]{1,64}$/, 'letters, digits and . _ @ -')
    .optional(),
  connection: text.optional(),
  container: z.boolean().optional(),
  data: text.optional(),
  'delete-backups': z.boolean().optional(),
  'delete-unreachable': z.boolean().optional(),
  'dry-run': z.boolean().optional(),
  /** Connections, each of which gets an entry of its own. */
  each: z.array(text).optional(),
  /** A file, or `-` for standard input. */
  'fields-from': text.optional(),
  /** A program, by the name it is listed under. */
  for: z.string().min(1).max(100).optional(),
  foreground: z.boolean().optional(),
  'header-name': text.optional(),
  help: z.boolean().optional(),
  issuer: text.optional(),
  json: z.boolean().optional(),
  'keep-tokens': z.boolean().optional(),
  'log-level': z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').optional(),
  memory: z.boolean().optional(),
  name: text.optional(),
  'no-browser': z.boolean().optional(),
  port: port.optional(),
  'private-key-file': text.optional(),
  'redirect-uri': text.optional(),
  'revocation-endpoint': text.optional(),
  scope: text.optional(),
  /** One server of what is imported. */
  server: text.optional(),
  service: text.optional(),
  'token-endpoint': text.optional(),
  'unknown-tokens': z.boolean().optional(),
  'vault-key-file': text.optional(),
  version: z.boolean().optional(),
  /** Which there are is the service's to say. */
  way: text.optional(),
  yes: z.boolean().optional(),
});

/** For options that are one of a few words. */
const choicesOf: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['clean', cleaningSchema.options],
]);

export type Options = z.output<typeof optionsSchema>;

export interface CommandLine {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly options: Options;
}

/** Throws `input-invalid` with the option named. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const config = Object.fromEntries(
    Object.entries(optionTypes).map(([name, type]) => {
      const short = shortNames[name as OptionName];
      return [name, { type, multiple: manyTimes.has(name), ...(short === undefined ? {} : { short }) }];
    }),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...argv], options: config, allowPositionals: true, strict: true });
  } catch (thrown) {
    const option = /--?[\w-]+/.exec(thrown instanceof Error ? thrown.message : '')?.[0] ?? '';
    if ((thrown as { code?: unknown }).code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      throw new UsageError(`Conexor has no option ${option}.`, 'See what there is with: npx conexor help');
    }
    const takesNone = optionTypes[option.replace(/^--/, '') as OptionName] === 'boolean';
    throw takesNone
      ? new UsageError(`The option ${option} has no value.`, `Write it alone, without "=".`)
      : new UsageError(`The option ${option} needs a value.`, `Write it like this: ${option} <value>`);
  }
  const options = optionsSchema.safeParse(parsed.values);
  if (!options.success) {
    const name = options.error.issues[0]?.path.join('.') ?? '';
    const choices = choicesOf.get(name);
    throw new Fault('input-invalid', {
      subject: `The value of --${name}`,
      ...(choices === undefined ? {} : { next: `It is one of these: ${choices.join(', ')}.` }),
    });
  }
  const [command = '', ...parameters] = parsed.positionals;
  return { command, parameters, options: options.data };
}
