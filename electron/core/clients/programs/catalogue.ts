/** Every program whose settings Conexor knows, in the order in which people are shown them. */
import { type ClientId, clientIds } from '../../../../shared/clients.ts';
import type { ClientProgram } from '../client-program.ts';
import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { devin } from './devin.ts';
import { geminiCli } from './gemini-cli.ts';
import { lmStudio } from './lm-studio.ts';
import { n8n } from './n8n.ts';
import { vsCode, vsCodeInsiders } from './vs-code.ts';
import { windsurf } from './windsurf.ts';
import { zed } from './zed.ts';

const byId: Readonly<Record<ClientId, ClientProgram>> = {
  'claude-desktop': claudeDesktop,
  'claude-code': claudeCode,
  cursor,
  'vs-code': vsCode,
  'vs-code-insiders': vsCodeInsiders,
  windsurf,
  devin,
  zed,
  'lm-studio': lmStudio,
  codex,
  'gemini-cli': geminiCli,
  cline,
  n8n,
};

export const clientPrograms: readonly ClientProgram[] = clientIds.map((id) => byId[id]);

export function clientProgram(id: ClientId): ClientProgram {
  return byId[id];
}
