/** The parts of test/fakes/parts.ts: a missing one is named with the way to get it, a fetched one really works. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { browser, electron, inspector, node24, partMissing } from '../fakes/parts.ts';
import { root } from './imports.ts';

const run = promisify(execFile);

describe('a part that is missing', () => {
  const path = process.env['PATH'];
  const before = ['XDG_CACHE_HOME', 'DISPLAY', 'CONEXOR_TEST_ELECTRON'].map(
    (name) => [name, process.env[name]] as const,
  );
  afterEach(() => {
    process.env['PATH'] = path;
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it.skipIf(process.platform !== 'linux')('is named with what to install', () => {
    process.env['PATH'] = '/nowhere';
    expect(partMissing('keychain')).toContain('apt-get install gnome-keyring dbus');
    expect(partMissing('browser')).toContain('apt-get install chromium');
    expect(browser()).toBeUndefined();
    delete process.env['DISPLAY'];
    expect(partMissing('display')).toContain('apt-get install xvfb');
    expect(partMissing('tray')).toContain('apt-get install xvfb xfce4-panel');
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('is named with what fetches it', () => {
    process.env['XDG_CACHE_HOME'] = '/nowhere';
    expect(partMissing('node24')).toContain('CONEXOR_TEST_NODE24=1');
    expect(partMissing('inspector')).toContain('CONEXOR_TEST_NODE24=1');
  });

  it.skipIf(existsSync(join(root, 'node_modules/electron/path.txt')))(
    'and Electron, which nobody has asked for',
    () => {
      delete process.env['CONEXOR_TEST_ELECTRON'];
      expect(partMissing('electron')).toContain('install-electron');
      expect(electron()).toBeUndefined();
      process.env['CONEXOR_TEST_ELECTRON'] = '1';
      process.env['XDG_CACHE_HOME'] = '/nowhere';
      expect(partMissing('electron')).toMatch(/npm test fetches it|for linux x64/);
      expect(electron()).toBeUndefined();
    },
  );
});

describe.skipIf(partMissing('browser') !== undefined)('the browser', () => {
  it('is a program', () => {
    expect(browser()).toMatch(/chrom/);
  });
});

describe.skipIf(partMissing('electron') !== undefined)('Electron', () => {
  it('is Electron', async () => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = await run(electron() ?? '', ['-p', 'process.versions.electron'], { env });
    expect(Number.parseInt(stdout, 10)).toBeGreaterThanOrEqual(33);
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
