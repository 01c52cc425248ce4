/**
 * What macOS and Windows say of who signed a program, read. A name where the signature holds; empty where the system says
 * that there is none or that it does not hold; undefined where nothing could be learned.
 */
import type { ProgramOutput } from './program-output.ts';

const longestName = 200;

/**
 * `codesign -dv --verbose=2` (it writes to stderr) and `codesign --verify`. The first Authority is the signer's own
 * certificate; without one, as of programs that sign themselves (ad hoc), nobody has signed it.
 */
export function signerOfCodesign(shown: ProgramOutput, verified: ProgramOutput): string | undefined {
  if (shown.code === undefined || verified.code === undefined) return undefined;
  if (shown.code !== 0) return /not signed at all/.test(shown.stderr) ? '' : undefined;
  if (verified.code !== 0) return '';
  const line = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(shown.stderr)?.[1]?.trim();
  const authority = line('Authority');
  if (authority === undefined) return '';
  const team = line('TeamIdentifier');
  // `Developer ID Application: Name (TEAM)`: who it is, with the identity that Apple gives once.
  const name = authority.replace(/^[^:]{1,60}: /, '');
  const isNamed = team === undefined || team === 'not set' || name.includes(team);
  return (isNamed ? name : `${name} (${team})`).slice(0, longestName);
}

/** `Get-AuthenticodeSignature | … | ConvertTo-Json`: `{"Status":"Valid","Subject":"CN=…, O=…"}`. */
export function signerOfAuthenticode({ code, stdout }: ProgramOutput): string | undefined {
  if (code !== 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(stdout.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const { Status: status, Subject: subject } = (value ?? {}) as {
    readonly Status?: unknown;
    readonly Subject?: unknown;
  };
  if (typeof status !== 'string') return undefined;
  // What the system could not find out is no statement about the program.
  if (status === 'UnknownError' || status === 'NotSupportedFileFormat' || status === 'Incompatible') return undefined;
  if (status !== 'Valid' || typeof subject !== 'string') return '';
  return commonNameIn(subject)?.slice(0, longestName) ?? '';
}

/** The CN of a distinguished name as .NET writes it: parts with commas stand in quotes, a quote in them is doubled. */
function commonNameIn(subject: string): string | undefined {
  const [, quoted, plain] = /(?:^|,\s*)CN=(?:"((?:[^"]|"")*)"|([^,]+))/.exec(subject) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain?.trim();
}
