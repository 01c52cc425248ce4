/** What programs that Conexor knows are called. A relay that we wrote down names its program by this id. */
import type { ClientId } from './clients.ts';

export const clientTitles: Readonly<Record<ClientId, string>> = {
  'claude-desktop': 'Claude Desktop',
  'claude-code': 'Claude Code',
  cursor: 'Cursor',
  'vs-code': 'VS Code',
  'vs-code-insiders': 'VS Code Insiders',
  windsurf: 'Windsurf',
  devin: 'Devin Desktop',
  zed: 'Zed',
  'lm-studio': 'LM Studio',
  codex: 'Codex',
  'gemini-cli': 'Gemini CLI',
  cline: 'Cline',
  n8n: 'n8n',
};

/** The title of a known program, else its own name as it gave it. Of a second one of that name (`#2`) as well. */
export function programTitle(name: string): string {
  const [own, another] = name.split('#');
  const known = own !== undefined && Object.hasOwn(clientTitles, own) ? clientTitles[own as ClientId] : undefined;
  if (known === undefined) return name;
  return another === undefined ? known : `${known} #${another}`;
}
