/**
 * Who signed a program, asked of the system once for each file as it is: a large app takes seconds to verify, so nobody
 * waits for it. Linux does not tell.
 */
import { stat } from 'node:fs/promises';
import { type AncestorsNeeds, plainPowerShell, powerShell } from './ancestors.ts';
import { outputOf } from './program-output.ts';
import { signerOfAuthenticode, signerOfCodesign } from './signatures.ts';

const waitMs = 60_000;
const mostRemembered = 64;

export interface Signers {
  /** Undefined where the system does not tell. Never throws. */
  of(path: string): Promise<string | undefined>;
}

export function createSigners(needs: AncestorsNeeds, ask = askOf(needs)): Signers {
  const known = new Map<string, Promise<string | undefined>>();
  return {
    async of(path) {
      if (!ask) return undefined;
      try {
        // Of an app what names its version: its folder may be older than what is in it.
        const { mtimeMs } = await stat(path.endsWith('.app') ? `${path}/Contents/Info.plist` : path);
        const key = `${mtimeMs} ${path}`;
        const asked = known.get(key) ?? ask(path).catch(() => undefined);
        known.delete(key);
        known.set(key, asked);
        const [oldest] = known.keys();
        if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
        return await asked;
      } catch {
        return undefined;
      }
    },
  };
}

function askOf({ platform, env }: AncestorsNeeds): ((path: string) => Promise<string | undefined>) | undefined {
  if (platform === 'darwin') {
    return async (path) => {
      const codesign = (...words: readonly string[]) => outputOf('/usr/bin/codesign', [...words, path], waitMs);
      const shown = await codesign('-dv', '--verbose=2');
      return signerOfCodesign(shown, shown.code === 0 ? await codesign('--verify') : shown);
    };
  }
  if (platform !== 'win32') return undefined;
  return async (path) => {
    // As a variable: in a text, quotes of several kinds would end it.
    const variables = { CONEXOR_SIGNED_FILE: path };
    return signerOfAuthenticode(await outputOf(powerShell(env), [...plainPowerShell, askSignature], waitMs, variables));
  };
}

const askSignature =
  '[Console]::OutputEncoding=[Text.Encoding]::UTF8;' +
  '$s=Get-AuthenticodeSignature -LiteralPath $env:CONEXOR_SIGNED_FILE;' +
  "@{Status=$s.Status.ToString();Subject=if($s.SignerCertificate){$s.SignerCertificate.Subject}else{''}}|" +
  'ConvertTo-Json -Compress';
