/** The parts of test/fakes/parts.ts: a missing one is named with the way to get it, a fetched one really works. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { browser, inspector, node24, partMissing } from '../fakes/parts.ts';

const run = promisify(execFile);

describe('a part that is missing', () => {
  const path = process.env['PATH'];
  const cache = process.env['XDG_CACHE_HOME'];
  afterEach(() => {
    process.env['PATH'] = path;
    if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cache;
  });

  it.skipIf(process.platform !== 'linux')('is named with what to install', () => {
    process.env['PATH'] = '/nowhere';
    expect(partMissing('keychain')).toContain('apt-get install gnome-keyring dbus');
    expect(partMissing('browser')).toContain('apt-get install chromium');
    expect(browser()).toBeUndefined();
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('is named with what fetches it', () => {
    process.env['XDG_CACHE_HOME'] = '/nowhere';
    expect(partMissing('node24')).toContain('CONEXOR_TEST_NODE24=1');
    expect(partMissing('inspector')).toContain('CONEXOR_TEST_NODE24=1');
  });
});

describe.skipIf(partMissing('browser') !== undefined)('the browser', () => {
  it('is a program', () => {
    expect(browser()).toMatch(/chrom/);
  });
});

describe.skipIf(partMissing('node24') !== undefined)('Node 24', () => {
  it('is Node 24', async () => {
    expect((await run(node24(), ['--version'])).stdout).toMatch(/^v24\./);
  });
});

describe.skipIf(partMissing('inspector') !== undefined)('the inspector', () => {
  it('lists the tools of a server over HTTP, with a header of ours', async () => {
    const home = await mkdtemp(join(tmpdir(), 'conexor-inspector-'));
    const http = createServer((request, response) => {
      if (request.headers.authorization !== 'Bearer key') {
        response.writeHead(401).end();
        return;
      }
      const server = new McpServer({ name: 'small', version: '1.0.0' });
      server.registerTool('greet', { description: 'Says hello' }, () => ({
        content: [{ type: 'text', text: 'hello' }],
      }));
      const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
      void server.connect(transport).then(() => transport.handleRequest(request, response));
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    try {
      const address = http.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const { command, args } = inspector();
      const target = [`http://127.0.0.1:${port}/mcp`, '--transport', 'http', '--header', 'Authorization: Bearer key'];
      const options = { env: { ...process.env, HOME: home }, timeout: 15_000 };
      const { stdout } = await run(command, [...args, ...target, '--method', 'tools/list'], options);
      expect(JSON.parse(stdout).tools.map(({ name }: { name: string }) => name)).toEqual(['greet']);
    } finally {
      http.closeAllConnections();
      http.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
