/** The sum that `npm test` ends with: nothing that failed may get lost on the way to its last line. */
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

  async function read(files: Record<string, readonly string[] | 'broken'>, exitCode: number) {
    const testResults = Object.entries(files).map(([path, statuses]) => ({
      name: join(root, path),
      status: statuses === 'broken' || statuses.includes('failed') ? 'failed' : 'passed',
      message: statuses === 'broken' ? 'cannot find module' : '',
      assertionResults: statuses === 'broken' ? [] : statuses.map((status, n) => ({ fullName: `case ${n}`, status })),
    }));
    const path = join(folder, 'report.json');
    await writeFile(path, JSON.stringify({ success: exitCode === 0, testResults }));
    return readReport('run', path, exitCode);
  }

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
    expect(suites[0]?.notes).toEqual(['skipped test/core/vault/a.test.ts: case 1']);
  });

  it('counts a file that could not be loaded as failed', async () => {
    const [suite] = await read({ 'test/core/vault/a.test.ts': 'broken' }, 1);
    expect(suite).toMatchObject({ passed: 0, failed: 1 });
    expect(suite?.notes[0]).toContain('cannot find module');
  });

  it('counts a bad end as failed even when every test passed', async () => {
    const suites = await read({ 'test/core/vault/a.test.ts': ['passed'] }, 1);
    expect(addUp(suites, 0)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a report that was never written as failed', () => {
    expect(addUp(readReport('run', join(folder, 'none.json'), 137), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('the summary', () => {
  const suites = [{ name: 'types', passed: 1, failed: 0, skipped: 0, notes: [] }];

  it('ends with the sum, alone on its line', () => {
    const missing = [{ part: 'browser', reason: 'no Chromium found', expected: false }];
    const lines = summary(suites, missing, addUp(suites, 0)).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.at(-2)).toBe('1 passed, 0 failed, 0 skipped');
    expect(lines).toContain('  browser: no Chromium found');
  });

  it('counts a part that had to be here as failed', () => {
    const missing = [{ part: 'keychain', reason: 'not installed', expected: true }];
    const text = summary(suites, missing, addUp(suites, 1));
    expect(text).toContain('FAILED  keychain: not installed');
    expect(text.trimEnd().endsWith('1 passed, 1 failed, 0 skipped')).toBe(true);
  });
});
