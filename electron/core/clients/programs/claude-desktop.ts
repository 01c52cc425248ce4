/**
 * Claude Desktop. It starts programs only: an entry with a `url`, as dashboards hand out, it skips. Its file is read at
 * start, holds its own settings as well, and is written again by it while it runs (CLIENTS.md 1.1).
 */
import { type ClientProgram, commandAndArgs } from '../client-program.ts';
import { applicationSupport, applications, local, roaming, xdgConfig } from './places.ts';

const file = 'claude_desktop_config.json';

export const claudeDesktop: ClientProgram = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  format: 'json',
  servers: ['mcpServers'],
  places: {
    darwin: [{ base: applicationSupport, path: `Claude/${file}` }],
    win32: [
      // The packaged app has a folder of its own and reads there; a classic one may be beside it. The known family first.
      ...['Claude_pzs8sxrjxfjjc', 'Claude_*'].map((family) => ({
        base: local,
        path: `Packages/${family}/LocalCache/Roaming/Claude/${file}`,
        sign: `Packages/${family}`,
        preferred: true,
      })),
      { base: roaming, path: `Claude/${file}` },
    ],
    linux: [{ base: xdgConfig, path: `Claude/${file}` }],
  },
  signs: {
    darwin: [{ base: applications, path: 'Claude.app' }],
    win32: [{ base: local, path: 'AnthropicClaude' }],
    linux: [
      { base: { root: '/usr/lib' }, path: 'claude-desktop' },
      { base: { root: '/opt' }, path: 'claude-desktop' },
    ],
  },
  entry: (relay, connection) => commandAndArgs('claude-desktop', relay, connection),
  closeFirst: true,
  reload: 'restart',
  processes: {
    // Claude Code is called claude as well, and Claude Desktop keeps one in a folder of that name.
    darwin: [{ name: 'Claude*', below: 'Claude.app', notBelow: 'claude-code' }],
    win32: [
      { name: 'claude', below: 'Claude_*', notBelow: 'claude-code' },
      { name: 'claude', below: 'AnthropicClaude', notBelow: 'claude-code' },
    ],
    linux: [
      { name: 'claude-desktop' },
      { name: 'electron', below: 'claude-desktop' },
      { name: 'electron', word: 'claude-desktop' },
    ],
  },
  ways: ['file', 'bundle'],
  policy: {
    registry: ['HKLM\\SOFTWARE\\Policies\\Claude', 'HKCU\\SOFTWARE\\Policies\\Claude'],
    preferences: '/Library/Managed Preferences/com.anthropic.claudefordesktop',
    allows: { file: 'isLocalDevMcpEnabled', bundle: 'isDesktopExtensionEnabled' },
  },
};
