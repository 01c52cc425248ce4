/** The window, built once for all tests of the run and served from loopback under the product's policy. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWindow } from '../../../build/window-bundle.mjs';
import { windowPolicy } from '../../../shared/window-paths.ts';
import { partMissing } from '../../fakes/parts.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where it is served, with a slash at its end. */
    windowUrl: string;
  }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Returns what ends it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (partMissing('browser') !== undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'conexor-window-'));
  await bundleWindow(folder);
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': windowPolicy,
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  project.provide('windowUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  };
}
