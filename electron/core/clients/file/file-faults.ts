/** What the system says about another program's settings file, as a fault with a sentence of its own where one helps. */
import { Fault, type Thing } from '../../../../shared/faults.ts';

export function unreadable(path: string, reason: string, cause?: unknown): Fault {
  return new Fault('input-invalid', {
    reason,
    subject: path,
    ...(byCode[reason] ? { thing: byCode[reason] } : { thing: 'config-file', advice: 'config-unreadable' }),
    ...(cause === undefined ? {} : { cause }),
  });
}

export function notWritable(path: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const reason = codeOf(cause);
  const thing = byCode[reason];
  return new Fault('file-not-writable', { subject: path, reason, cause, ...(thing ? { thing } : {}) });
}

const byCode: Readonly<Record<string, Thing>> = {
  ENOSPC: 'config-disk-full',
  EDQUOT: 'config-disk-full',
  EROFS: 'config-disk-read-only',
  EMFILE: 'config-files-open',
  ENFILE: 'config-files-open',
  ELOOP: 'config-link-circle',
};

export function changedMeanwhile({ path }: { readonly path: string }): Fault {
  return new Fault('input-invalid', {
    reason: 'changed meanwhile',
    subject: path,
    thing: 'config-file-changed',
    advice: 'config-changed',
  });
}

/** Larger than is read for an import. */
export function tooLarge(path: string): Fault {
  return new Fault('too-large', { subject: path, thing: 'config-file-large' });
}

/** `EACCES` and the like. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
