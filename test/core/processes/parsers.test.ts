/** What the systems say, as it was written down by hand from proc(5), ps(1), codesign(1) and PowerShell's documentation. */
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../electron/core/processes/ancestors.ts';
import { parentOfStat, wordsOfCmdline } from '../../../electron/core/processes/proc.ts';
import { tableOfCim, tableOfPs } from '../../../electron/core/processes/process-table.ts';
import { signerOfAuthenticode, signerOfCodesign } from '../../../electron/core/processes/signatures.ts';
import { peerIn } from '../../../electron/core/processes/socket-peer.ts';
import { keptWords } from '../../../electron/core/processes/words.ts';

describe('Linux', () => {
  it.each([
    ['4242 (node) S 4200 4242 4200 34816 4242', 4200],
    ['4242 (a) name) (x) R 7 1 1 0 -1', 7],
    ['1 (systemd) S 0 1 1 0 -1', 0],
    ['4242 (node', undefined],
    ['', undefined],
    ['4242 (node) S', undefined],
  ])('reads the parent out of %j', (stat, parent) => {
    expect(parentOfStat(stat)).toBe(parent);
  });

  it('reads words, also where a title was written over them', () => {
    expect(wordsOfCmdline('node\0/a b/relay.cjs\0--client\0x\0')).toEqual(['node', '/a b/relay.cjs', '--client', 'x']);
    expect(wordsOfCmdline('claude\0\0\0\0\0')).toEqual(['claude']);
    expect(wordsOfCmdline('')).toEqual([]);
  });

  it('reads which sockets belong together', () => {
    const list = [
      'u_str ESTAB 0      0      /run/user/1000/my app/.s1a2b3c4d 8069908 * 8069907',
      'u_str ESTAB 0      0                     * 8069907 * 8069908',
      'u_dgr UNCONN 0     0                     * 77 * 0',
      'Netid State',
      '',
    ].join('\n');
    expect(peerIn(list, 8069908)).toBe(8069907);
    expect(peerIn(list, 8069907)).toBe(8069908);
    expect(peerIn(list, 77)).toBeUndefined();
    expect(peerIn(list, 1)).toBeUndefined();
  });
});

const relay = { pid: 812, parentPid: 811, platform: 'darwin' };

describe('macOS', () => {
  const files = [
    '    1     0 /sbin/launchd',
    '  700     1 /Applications/Claude.app/Contents/MacOS/Claude',
    '  811   700 /Applications/Claude.app/Contents/Helpers/disclaimer',
    '  812   811 /usr/local/bin/node',
    '  900   700 /Applications/Claude.app/Contents/Frameworks/Claude Helper (Plugin).app/Contents/MacOS/Claude Helper (Plugin)',
    'nonsense',
  ].join('\n');
  const lines = [
    '    1 /sbin/launchd',
    '  700 /Applications/Claude.app/Contents/MacOS/Claude',
    '  811 /Applications/Claude.app/Contents/Helpers/disclaimer /usr/local/bin/node /Users/ana/Library/relay.cjs --key s3cret',
    '  812 /usr/local/bin/node /Users/ana/Library/relay.cjs --client claude-desktop',
  ].join('\n');

  it('tells who started whom, and keeps no word that may be secret', () => {
    const chain = chainOf(tableOfPs(files, lines), relay);
    expect(chain.map(({ pid }) => pid)).toEqual([812, 811, 700, 1]);
    expect(chain[0]?.words).toEqual(['/usr/local/bin/node', '/Users/ana/Library/relay.cjs']);
    expect(JSON.stringify(chain)).not.toContain('s3cret');
  });

  it('finds the relay in a folder with a space, as our own is', () => {
    const place = '/Users/ana/Library/Application Support/Conexor/bin/relay.cjs';
    const table = tableOfPs(files, lines.replaceAll('/Users/ana/Library/relay.cjs', place));
    expect(chainOf(table, relay)[0]?.words).toEqual(['/usr/local/bin/node', place]);
  });

  it('believes no process that is not the relay, and none whose parent has ended', () => {
    const table = tableOfPs(
      files,
      lines.replace('812 /usr/local/bin/node /Users/ana/Library/relay.cjs', '812 node x.js'),
    );
    expect(chainOf(table, relay)).toEqual([]);
    expect(chainOf(tableOfPs(files, lines), { ...relay, parentPid: 5 })).toEqual([]);
    expect(chainOf(tableOfPs(files, lines), { ...relay, pid: 5 })).toEqual([]);
    expect(chainOf(tableOfPs('', ''), relay)).toEqual([]);
  });

  it('stops at a circle and after eight', () => {
    const circle = tableOfPs('  812   811 /usr/local/bin/node\n  811   812 /bin/zsh', lines);
    expect(chainOf(circle, relay).map(({ pid }) => pid)).toEqual([812, 811]);
    const long = Array.from({ length: 20 }, (_, at) => `${812 - at} ${811 - at} /bin/p${at}`).join('\n');
    expect(chainOf(tableOfPs(long, ''), relay)).toHaveLength(8);
  });
});

describe('Windows', () => {
  const rows = [
    { ProcessId: 4, ParentProcessId: 0, Name: 'System', ExecutablePath: null, CommandLine: null, StartedMs: 1 },
    {
      ProcessId: 700,
      ParentProcessId: 4,
      Name: 'claude.exe',
      ExecutablePath: 'C:\\Users\\José\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe',
      CommandLine: '"C:\\Users\\José\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe" --token=s3cret',
      StartedMs: 1000,
    },
    {
      ProcessId: 811,
      ParentProcessId: 700,
      Name: 'cmd.exe',
      ExecutablePath: 'C:\\Windows\\System32\\cmd.exe',
      CommandLine: 'C:\\Windows\\system32\\cmd.exe /c node relay.cjs',
      StartedMs: 2000,
    },
    {
      ProcessId: 812,
      ParentProcessId: 811,
      Name: 'node.exe',
      ExecutablePath: 'C:\\Program Files (x86)\\nodejs\\node.exe',
      CommandLine:
        '"C:\\Program Files (x86)\\nodejs\\node.exe"  "C:\\Users\\José\\Conexor (x)\\relay.cjs" --client claude-desktop',
      StartedMs: 2100,
    },
  ];
  const told = `\uFEFF${JSON.stringify(rows)}`;
  const windowsRelay = { ...relay, platform: 'win32' };

  it('tells who started whom, and keeps no word that may be secret', () => {
    const chain = chainOf(tableOfCim(told), windowsRelay);
    expect(chain.map(({ path }) => path.split('\\').at(-1))).toEqual(['node.exe', 'cmd.exe', 'claude.exe', 'System']);
    expect(chain[0]?.words[1]).toBe('C:\\Users\\José\\Conexor (x)\\relay.cjs');
    expect(JSON.stringify(chain)).not.toContain('s3cret');
  });

  it('takes nobody for a parent who was started later: the number was given again', () => {
    const later = rows.map((row) => (row.ProcessId === 700 ? { ...row, StartedMs: 9000 } : row));
    const chain = chainOf(tableOfCim(JSON.stringify(later)), windowsRelay);
    expect(chain.map(({ pid }) => pid)).toEqual([812, 811]);
  });

  it('reads one row alone, and nothing else as rows', () => {
    expect(tableOfCim(JSON.stringify(rows[1])).size).toBe(1);
    for (const text of ['', 'null', '{}', '[1,"x",null]', 'Get-CimInstance : Access denied']) {
      expect(tableOfCim(text).size).toBe(0);
    }
  });
});

describe('words of a process', () => {
  it.each([
    ['/usr/bin/node', ['node', '--no-warnings', '/a/cli.js', '--api-key', 's3cret'], ['node', '/a/cli.js']],
    ['/usr/bin/node', ['node', '-r', './x.js', '/a/cli.js'], ['node', '/a/cli.js']],
    ['/usr/bin/node', ['node', '-e', 'connect("s3cret.com")'], ['node']],
    ['/usr/bin/node', ['node', '--token', 's3cret'], ['node']],
    ['/usr/bin/node', ['claude'], ['claude']],
    ['/usr/bin/claude', ['claude', '/a/s3cret'], ['claude']],
    ['/usr/lib/x/x', ['/usr/lib/x/x --type=utility --key=s3cret'], ['/usr/lib/x/x']],
    [
      '/usr/lib/electron33/electron',
      ['/usr/lib/electron/electron /usr/lib/claude/app.asar --s3cret'],
      ['/usr/lib/electron/electron', '/usr/lib/claude/app.asar'],
    ],
    ['/opt/A b/c', ['/opt/A b/c'], ['/opt/A b/c']],
    ['/usr/bin/node', [], []],
  ])('of %s %j are %j', (path, words, kept) => {
    expect(keptWords(path, words)).toEqual(kept);
  });
});

const ran = (stdout: string, stderr = '', code = 0) => ({ code, stdout, stderr });
const endedByUs = { code: undefined, stdout: '', stderr: '' };

describe('signers', () => {
  const shown = [
    'Executable=/Applications/Claude.app/Contents/MacOS/Claude',
    'Identifier=com.anthropic.claudefordesktop',
    'Format=app bundle with Mach-O universal (x86_64 arm64)',
    'CodeDirectory v=20500 size=766 flags=0x10000(runtime) hashes=13+7 location=embedded',
    'Signature size=9012',
    'Authority=Developer ID Application: Anthropic PBC (Q6L2SF6YDW)',
    'Authority=Developer ID Certification Authority',
    'Authority=Apple Root CA',
    'Timestamp=1 Oct 2026 at 10:00:00',
    'TeamIdentifier=Q6L2SF6YDW',
  ].join('\n');

  it.each([
    ['signed', ran('', shown), ran(''), 'Anthropic PBC (Q6L2SF6YDW)'],
    [
      'from the App Store',
      ran('', 'Authority=Apple Mac OS Application Signing\nTeamIdentifier=ABCDE12345'),
      ran(''),
      'Apple Mac OS Application Signing (ABCDE12345)',
    ],
    ['changed since', ran('', shown), ran('', 'a sealed resource is missing or invalid', 1), ''],
    ['by itself', ran('', 'Signature=adhoc\nTeamIdentifier=not set'), ran(''), ''],
    ['not at all', ran('', '/x: code object is not signed at all', 1), ran('', '', 1), ''],
    ['nowhere', ran('', '/x: No such file or directory', 1), ran('', '', 1), undefined],
    ['not told in time', endedByUs, endedByUs, undefined],
    ['verified for too long', ran('', shown), endedByUs, undefined],
  ])('macOS: %s', (_, one, verified, signer) => {
    expect(signerOfCodesign(one, verified)).toBe(signer);
  });

  it.each([
    [
      '{"Status":"Valid","Subject":"CN=\\"Anthropic, PBC\\", O=\\"Anthropic, PBC\\", L=San Francisco, C=US"}',
      'Anthropic, PBC',
    ],
    [
      '\uFEFF{"Status":"Valid","Subject":"CN=Microsoft Corporation, O=Microsoft Corporation, C=US"}',
      'Microsoft Corporation',
    ],
    ['{"Status":"Valid","Subject":"O=X, CN=\\"A \\"\\"B\\"\\" C\\""}', 'A "B" C'],
    ['{"Status":"HashMismatch","Subject":"CN=Microsoft Corporation"}', ''],
    ['{"Status":"NotSigned","Subject":""}', ''],
    ['{"Status":"NotTrusted","Subject":"CN=Me"}', ''],
    ['{"Status":"UnknownError","Subject":""}', undefined],
    ['{"Status":3}', undefined],
    ['Get-AuthenticodeSignature : File not found', undefined],
    ['', undefined],
  ])('Windows: %s', (stdout, signer) => {
    expect(signerOfAuthenticode(ran(stdout))).toBe(signer);
  });

  it('Windows: is nobody’s where the question failed', () => {
    expect(signerOfAuthenticode(ran('{"Status":"Valid","Subject":"CN=X"}', '', 1))).toBeUndefined();
  });
});
