/** The sum that `npm test` ends with: nothing that failed may get lost on the way to its last line. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReport } from '../../build/report.mjs';
import { addUp, summary } from '../../build/tally.mjs';
import { root } from './imports.ts';

describe('the test runner’s report', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conexor-report-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const fileLine = ([path, statuses]: readonly [string, readonly string[] | 'broken']) => ({
    file: join(root, path),
    state: statuses === 'broken' || statuses.includes('failed') ? 'failed' : 'passed',
    ...(statuses === 'broken' ? { message: 'cannot find module' } : {}),
    results:
      statuses === 'broken'
        ? []
        : statuses.map((status, n) => [`case ${n}`, status, ...(status === 'failed' ? ['3 is not 4\nat line 7'] : [])]),
  });

  async function readLines(lines: readonly object[], exitCode: number, rest = '') {
    const path = join(folder, 'report.jsonl');
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join('') + rest);
    return readReport('run', path, exitCode);
  }

  const read = (files: Record<string, readonly string[] | 'broken'>, exitCode: number) =>
    readLines([...Object.entries(files).map(fileLine), { ended: true }], exitCode);

  it('is one suite per room', async () => {
    const suites = await read(
      {
        'test/core/vault/a.test.ts': ['passed', 'skipped'],
        'test/core/vault/b.test.ts': ['passed'],
        'test/relay.test.ts': ['todo'],
      },
      0,
    );
    expect(suites.map(({ name, passed, failed, skipped }) => [name, passed, failed, skipped])).toEqual([
      ['run: test/core/vault', 2, 0, 1],
      ['run: test/relay', 0, 0, 1],
    ]);
    expect(suites[0]?.skips).toEqual(['test/core/vault/a.test.ts: case 1']);
  });

  it('counts a file that could not be loaded as failed', async () => {
    const [suite] = await read({ 'test/core/vault/a.test.ts': 'broken' }, 1);
    expect(suite).toMatchObject({ passed: 0, failed: 1 });
    expect(suite?.failures).toEqual(['test/core/vault/a.test.ts: could not be run: cannot find module']);
  });

  it('says of a test that failed where it is and how its error begins', async () => {
    const [suite] = await read({ 'test/core/vault/a.test.ts': ['passed', 'failed'] }, 1);
    expect(suite?.failures).toEqual(['test/core/vault/a.test.ts: case 1: 3 is not 4']);
  });

  it('counts a bad end as failed even when every test passed', async () => {
    const suites = await read({ 'test/core/vault/a.test.ts': ['passed'] }, 1);
    expect(addUp(suites, 0)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a report that was never written as failed', () => {
    expect(addUp(readReport('run', join(folder, 'none.jsonl'), 137), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('of a run that had to be ended: what had passed, and each file that was still running, with its test', async () => {
    const file = 'test/core/vault/slow.test.ts';
    const suites = await readLines(
      [
        { began: join(root, 'test/relay.test.ts') },
        fileLine(['test/relay.test.ts', ['passed', 'passed']]),
        { running: 'told late', of: join(root, 'test/relay.test.ts') },
        { began: join(root, file) },
        { running: 'vault > waits', of: join(root, file) },
        { running: 'vault > waits for ever', of: join(root, file) },
      ],
      143,
      '{"file":"/half',
    );
    expect(addUp(suites, 0)).toEqual({ passed: 2, failed: 1, skipped: 0 });
    expect(suites.flatMap(({ failures }) => failures)).toEqual([
      `${file}: did not end, last running: vault > waits for ever`,
    ]);
  });

  it('counts a run that stopped between two files as failed', async () => {
    const suites = await readLines([fileLine(['test/relay.test.ts', ['passed']])], 0);
    expect(addUp(suites, 0)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('is what the reporter wrote', async () => {
    const path = join(folder, 'own.jsonl');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { status } = spawnSync(
      process.execPath,
      [vitest, 'run', '--project', 'broker', 'test/core/bridge/member-id.test.ts'],
      {
        cwd: root,
        env: { ...process.env, CONEXOR_TEST_REPORT: path },
      },
    );
    const suites = readReport('run', path, status ?? -1);
    expect(suites.map(({ name, failed, failures }) => ({ name, failed, failures }))).toEqual([
      { name: 'run: test/core/bridge', failed: 0, failures: [] },
    ]);
    expect(suites[0]?.passed).toBeGreaterThan(3);
  });
});

describe('the summary', () => {
  const suites = [{ name: 'types', passed: 1, failed: 0, skipped: 0, failures: [], skips: [] }];

  it('ends with the sum, alone on its line', () => {
    const missing = [{ part: 'browser', reason: 'no Chromium found', expected: false }];
    const lines = summary(suites, missing, addUp(suites, 0)).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.at(-2)).toBe('1 passed, 0 failed, 0 skipped');
    expect(lines).toContain('  browser: no Chromium found');
  });

  it('names under a suite what failed in it', () => {
    const failed = {
      name: 'relay',
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: ['test/relay.test.ts: ends'],
      skips: [],
    };
    const lines = summary([failed], [], addUp([failed], 0)).split('\n');
    expect(lines[lines.indexOf('  FAILED  relay  1 passed, 1 failed, 0 skipped') + 1]?.trim()).toBe(failed.failures[0]);
  });

  it('says how it ran', () => {
    const text = summary(suites, [], addUp(suites, 0), ['tests on Node 20: 7 s']);
    expect(text).toContain('\nHow\n  tests on Node 20: 7 s\n');
  });

  it('counts a part that had to be here as failed', () => {
    const missing = [{ part: 'keychain', reason: 'not installed', expected: true }];
    const text = summary(suites, missing, addUp(suites, 1));
    expect(text).toContain('FAILED  keychain: not installed');
    expect(text.trimEnd().endsWith('1 passed, 1 failed, 0 skipped')).toBe(true);
  });
});
