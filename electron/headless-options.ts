/** What the headless broker can be told on its command line. Throws `input-invalid` with the option named. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Fault } from '../shared/faults.ts';

const portWords = 'a number from 0 to 65535';
const port = z.coerce.number(portWords).int(portWords).min(0, portWords).max(65535, portWords);

const schema = z.object({
  data: z.string().min(1).optional(),
  port: port.optional(),
  'vault-key-file': z.string().min(1).optional(),
  memory: z.boolean().default(false),
  background: z.boolean().default(false),
  'no-window': z.boolean().default(false),
  'log-level': z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').default('info'),
});

export interface HeadlessOptions {
  readonly data: string | undefined;
  /** Where none is given, the settings say it. */
  readonly port: number | undefined;
  readonly keyFile: string | undefined;
  readonly memory: boolean;
  readonly background: boolean;
  /** Opens the window in the person's browser. */
  readonly window: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export function parseHeadlessOptions(argv: readonly string[], env: NodeJS.ProcessEnv): HeadlessOptions {
  let values: Record<string, unknown>;
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        'vault-key-file': { type: 'string' },
        memory: { type: 'boolean' },
        background: { type: 'boolean' },
        'no-window': { type: 'boolean' },
        'log-level': { type: 'string' },
      },
    }).values;
  } catch (thrown) {
    const option = /--?[\w-]+/.exec(thrown instanceof Error ? thrown.message : '')?.[0] ?? '';
    throw new Fault('input-invalid', { subject: `The option ${option}` });
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Fault('input-invalid', { subject: `--${issue?.path.join('.')} (${issue?.message})` });
  }
  const { data, port, memory, background } = parsed.data;
  return {
    data,
    port,
    memory,
    background,
    window: !background && !parsed.data['no-window'],
    keyFile: parsed.data['vault-key-file'] ?? env['CONEXOR_VAULT_KEY_FILE'],
    logLevel: parsed.data['log-level'],
  };
}
