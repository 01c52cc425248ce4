/** The files of a sign-in as mcp-remote leaves them, recorded from its versions 0.0.22, 0.1.38 and 0.15.1. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RemoteFiles {
  /** As it stands in the entry. */
  readonly address: string;
  readonly tokens?: Readonly<Record<string, unknown>>;
  readonly client?: Readonly<Record<string, unknown>>;
  /** What else tells sign-ins apart: the resource, then the headers. */
  readonly more?: readonly string[];
}

/** In `<root>/mcp-remote-<version>`, in `<root>/mcp-remote-v1` or, of the first versions, in the root. Gives their names. */
export async function writeRemoteFiles(folder: string, { address, tokens, client, more = [] }: RemoteFiles) {
  const name = createHash('md5')
    .update([address, ...more].join('|'))
    .digest('hex');
  await mkdir(folder, { recursive: true });
  const write = async (what: string, text: string) => {
    const path = join(folder, `${name}_${what}`);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const info = {
    redirect_uris: ['http://localhost:19442/oauth/callback'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: 'MCP CLI Proxy',
    client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
    software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
    ...client,
  };
  return [
    await write('client_info.json', JSON.stringify({ client_id: 'client-of-mcp-remote', ...info }, null, 2)),
    await write('code_verifier.txt', 'GN9SJ.gF-H7ciZJ1jF4U6P_HPwZR1O4vZEIkkPz8Ym0'),
    ...(tokens ? [await write('tokens.json', JSON.stringify(tokens, null, 2))] : []),
  ];
}
