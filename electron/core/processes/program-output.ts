/** One of the system's own programs, asked without a shell and within a time. */
import { execFile } from 'node:child_process';

const maxOutputBytes = 16 * 1024 * 1024;

export interface ProgramOutput {
  /** Undefined where it was ended by us, or could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never throws. `waitMs`: after that it is ended. `variables`: besides ours. */
export function outputOf(
  program: string,
  words: readonly string[],
  waitMs: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<ProgramOutput> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...words],
      {
        timeout: waitMs,
        maxBuffer: maxOutputBytes,
        windowsHide: true,
        encoding: 'utf8',
        killSignal: 'SIGKILL',
        env: { ...process.env, ...variables },
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
