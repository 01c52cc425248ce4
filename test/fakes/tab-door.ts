/** The window's door on a real HTTP face, with a face behind it that answers what a test says, and a clock of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Face } from '../../electron/core/control/face.ts';
import { createTabDoor, type TabDoor } from '../../electron/core/window/tab-door.ts';
import type { WindowEvent, WindowState } from '../../shared/window.ts';
import { testBridge } from './bridge.ts';
import { FakeBroker } from './broker.ts';

export class FakeFace implements Face {
  readonly asked: { readonly method: string; readonly argument: unknown; readonly caller: string | undefined }[] = [];
  readonly listeners = new Set<(event: WindowEvent) => void>();
  generation = 1;

  async ask(method: string, argument: unknown, caller?: string) {
    this.asked.push({ method, argument, caller });
    return { ok: true as const, result: {} };
  }

  subscribe(listener: (event: WindowEvent) => void): () => void {
    this.listeners.add(listener);
    listener({ kind: 'state', state: this.state() });
    return () => {
      this.listeners.delete(listener);
    };
  }

  tell(event: WindowEvent = { kind: 'state', state: this.state() }): void {
    for (const listener of this.listeners) listener(event);
  }

  show(): void {}

  hostChanged(): void {}

  state(): WindowState {
    return {
      snapshot: {
        generation: this.generation,
        vault: { kind: 'memory' },
        connections: [],
        pendingRevocations: [],
        questions: [],
        localClients: [],
      },
      settings: { language: 'system', theme: 'system', containers: false, firstRunDone: false, trayNoticeGiven: false },
      app: {
        kind: 'tab',
        version: '1',
        system: 'linux',
        language: 'en',
        dataDir: '/data',
        httpUrl: 'http://127.0.0.1:1',
        keychain: 'a keychain',
        tray: false,
        startAtLogin: 'unavailable',
        newPrograms: 'allow',
      },
      missing: [],
    };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface TestTabDoor {
  readonly face: FakeFace;
  readonly door: TabDoor;
  readonly port: number;
  readonly origin: string;
  /** Milliseconds; a test moves it. */
  nowMs: number;
  /** node:http, because fetch sets Host, Origin and its like itself. */
  send(method: string, path: string, headers?: OutgoingHttpHeaders, body?: string): Promise<Answer>;
  stop(): Promise<void>;
}

const files: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>window</title>',
  'assets/index-abcdefgh.js': 'export {};',
  'assets/index-abcdefgh.css': 'body {}',
  'assets/mark-abcdefgh.svg': '<svg/>',
  'assets/index-abcdefgh.js.map': '{}',
  '.stamp': 'x',
};

export async function testTabDoor(): Promise<TestTabDoor> {
  const folder = await mkdtemp(join(tmpdir(), 'conexor-tab-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'window', name)), { recursive: true });
    await writeFile(join(folder, 'window', name), content);
  }
  await writeFile(join(folder, 'secret.js'), 'never served');
  const face = new FakeFace();
  let made: TabDoor | undefined;
  let port = 0;
  const bridge = await testBridge(new FakeBroker(), {
    pages: (request, response) => made?.handle(request, response) ?? false,
  });
  port = bridge.httpPort;
  const test = { nowMs: 1_000_000 };
  const door = createTabDoor({
    face,
    files: join(folder, 'window'),
    port: () => port,
    now: () => test.nowMs,
    log: () => undefined,
    closedPage: (language) => ({ html: `closed ${language}`, headers: { 'content-type': 'text/html' } }),
  });
  made = door;
  return Object.assign(test, {
    face,
    door,
    port,
    origin: `http://127.0.0.1:${port}`,
    send: (method: string, path: string, headers: OutgoingHttpHeaders = {}, body?: string) =>
      send(port, method, path, headers, body),
    async stop() {
      door.close();
      await bridge.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function send(
  port: number,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (response) => {
      let text = '';
      try {
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
      } catch {
        // Cut off in the middle: what came is the answer.
      }
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });
}
