/**
 * That the linter's rules bite: one planted import for every pair of rooms and for each kind of package, and the habits
 * this project relies on (no floating promise, no console, no any, no import cycle).
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './imports.ts';
import { mayHave, mayImport, rooms, secret } from './rooms.ts';

describe('the linter', () => {
  /** Every room twice where it is a folder: a file in it and one a folder deeper. */
  const files = Object.keys(rooms).flatMap((room) => {
    if (room === 'electron/') return ['electron/main.ts'];
    if (room === 'electron/core/') return ['electron/core/start.ts'];
    return room.endsWith('/') ? [`${room}planted.ts`, `${room}deeper/planted.ts`] : [room];
  });
  const targets = [
    ...new Set([...files, secret, 'electron/core/vault/secret-store.ts', 'electron/core/bridge/socket-path.ts']),
  ];
  const names = ['zod', 'undici', '@napi-rs/keyring', 'electron', 'node:fs', 'node:fs/promises'];
  let folder = '';
  let found: ReadonlyMap<string, ReadonlySet<number>>;

  const lines = (file: string) => [
    ...targets
      .filter((target) => target !== file)
      .map((target) => {
        const path = posix.relative(posix.dirname(file), target);
        return {
          to: target,
          code: `import '${path.startsWith('.') ? path : `./${path}`}';`,
          allowed: mayImport(file, target),
        };
      }),
    ...names.map((name) => ({ to: name, code: `import '${name}';`, allowed: mayHave(file, name) })),
    { to: 'raw IPC', code: `export { ipcRenderer } from 'electron';`, allowed: file === 'electron/preload.ts' },
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conexor-architecture-'));
    for (const name of ['biome.json', '.gitignore']) await cp(join(root, name), join(folder, name));
    const texts: Record<string, string> = Object.fromEntries(
      files.map((file) => [
        file,
        lines(file)
          .map(({ code }) => code)
          .join('\n'),
      ]),
    );
    for (const [path, text] of Object.entries({ ...texts, ...habits })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `${text}\n`);
    }
    found = await lint(folder);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(files)('holds the rules of %s', (file) => {
    const bitten = found.get(file) ?? new Set();
    const wrong = lines(file).flatMap(({ to, allowed }, index) => {
      // That a room may have types only is beyond the linter; the real tree is checked for it above.
      if (allowed === 'type') return [];
      const refused = bitten.has(index + 1);
      return refused === !allowed ? [] : [`${file} → ${to} is ${refused ? 'refused' : 'let through'}`];
    });
    expect(wrong).toEqual([]);
  });

  const habits: Record<string, string> = {
    'electron/shell/tray.ts': `import { ipcMain } from 'electron';\nimport * as all from 'electron';\nimport { Tray } from 'electron';\nvoid [ipcMain, all, Tray];`,
    'electron/shell/ipc.ts': `import { ipcMain } from 'electron';\nvoid ipcMain;`,
    'electron/core/broker/floating.ts': `import { later } from './later.ts';\nexport function now() {\n  later();\n  void later();\n}`,
    'electron/core/broker/later.ts': `export async function later(): Promise<void> {}`,
    'electron/core/broker/console.ts': `console.log('no');`,
    'electron/core/broker/any.ts': `export const x = (y: any) => y;`,
    'electron/core/broker/cycle-a.ts': `import { b } from './cycle-b.ts';\nexport const a = () => b;`,
    'electron/core/broker/cycle-b.ts': `import { a } from './cycle-a.ts';\nexport const b = () => a;`,
  };

  it('keeps raw IPC inside preload and shell/ipc', () => {
    expect(found.get('electron/shell/tray.ts')).toEqual(new Set([1, 2]));
    expect(found.get('electron/shell/ipc.ts')).toBeUndefined();
  });

  it('sees a promise nobody waits for, across files', () => {
    expect([...(found.get('electron/core/broker/floating.ts') ?? [])]).toEqual([3]);
  });

  it.each(['console', 'any', 'cycle-a', 'cycle-b'])('refuses %s', (name) => {
    expect([...(found.get(`electron/core/broker/${name}.ts`) ?? [])]).toEqual([1]);
  });
});

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

/** Path → the lines the linter has something against. */
async function lint(folder: string): Promise<Map<string, Set<number>>> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (_, stdout) => resolve(stdout));
  });
  const report: Report = JSON.parse(output);
  const found = new Map<string, Set<number>>();
  for (const { category, location } of report.diagnostics) {
    // The planted files import each other in circles.
    if (category === 'lint/suspicious/noImportCycles' && !location.path.includes('/cycle-')) continue;
    found.set(location.path, (found.get(location.path) ?? new Set()).add(location.start.line));
  }
  return found;
}
