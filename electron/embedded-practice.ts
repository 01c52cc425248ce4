/**
 * The practice services inside the broker, each started when it is first wanted and then there until the broker stops:
 * on its own port where that is free, so that its address stays the same from one start to the next, else on another.
 * What they know lives in memory: after a restart one signs in again.
 */
import { Fault } from '../shared/faults.ts';
import { practiceApiPort, practiceConnexeasePort, practicePort } from './core/services/practice.ts';

/**
 * Starts what a practice service's id stands for, once; gives the address to connect to. With `port`, a connection
 * expects it there and nowhere else.
 * Throws `port-taken` where another program has that port, `input-invalid` for an id that is none of them.
 */
export type StartPractice = (service?: string, port?: number) => Promise<string>;

interface Program {
  readonly ownPort: number;
  /** Read only when somebody wants it. */
  start(port: number): Promise<Running>;
}

interface Running {
  readonly baseUrl: string;
  /** Of its first MCP server. */
  readonly resource?: string;
}

const conexor: Program = {
  ownPort: practicePort,
  start: async (port) => (await import('./practice/service.ts')).startPractice({ port }),
};
const connexease: Program = {
  ownPort: practiceConnexeasePort,
  start: async (port) => (await import('./practice/connexease/service.ts')).startConnexease({ port }),
};
const api: Program = {
  ownPort: practiceApiPort,
  start: async (port) => (await import('./practice/client-credentials-api.ts')).startClientCredentialsApi({ port }),
};

const programs: ReadonlyMap<string, Program> = new Map([
  ['practice', conexor],
  ['practice-agent', conexor],
  ['practice-connexease', connexease],
  ['practice-api', api],
]);

export function embeddedPractice(): StartPractice {
  const started = new Map<Program, Promise<Running>>();
  return async (service = 'practice', port) => {
    const program = programs.get(service);
    if (!program) throw new Fault('input-invalid', { subject: service, thing: 'service-kind' });
    let running = started.get(program);
    if (!running) {
      running = port === undefined ? startAnywhere(program) : program.start(port);
      started.set(program, running);
      running.catch(() => started.delete(program));
    }
    const { baseUrl, resource } = await running;
    if (port !== undefined && new URL(baseUrl).port !== String(port)) {
      throw new Fault('port-taken', { subject: String(port), reason: `${service} runs at ${baseUrl}` });
    }
    return service === 'practice' && resource !== undefined ? resource : baseUrl;
  };
}

async function startAnywhere(program: Program): Promise<Running> {
  try {
    return await program.start(program.ownPort);
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'port-taken') return program.start(0);
    throw thrown;
  }
}
