/**
 * A browser for CONEXOR_BROWSER: a real program that is started with an address and hands it to the test, which acts
 * as the person. What was opened is kept, so that a tab nobody asked for shows.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BrowserProgram {
  readonly path: string;
  readonly opened: readonly URL[];
  /** Ends the program. Rejects when a visit went wrong. */
  stop(): Promise<void>;
}

/** `visit` is what the person does with the page; it is not awaited by whoever opened the browser. */
export async function startBrowserProgram(visit: (url: URL) => Promise<unknown>): Promise<BrowserProgram> {
  const opened: URL[] = [];
  const visits: Promise<unknown>[] = [];
  const server = createServer((request, response) => {
    const url = new URL(new URL(request.url ?? '', 'http://test').searchParams.get('open') ?? '');
    opened.push(url);
    visits.push(visit(url));
    visits.at(-1)?.catch(() => undefined);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'cx-browser-'));
  const path = join(folder, 'browser.cjs');
  const told = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?open=`;
  await writeFile(
    path,
    `#!${process.execPath}\nrequire('node:http').get('${told}' + encodeURIComponent(process.argv[2]), (r) => r.resume());\n`,
  );
  await chmod(path, 0o700);
  return {
    path,
    opened,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
      await Promise.all(visits);
    },
  };
}
