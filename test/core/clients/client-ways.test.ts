import { describe, expect, it } from 'vitest';
import { waysOf } from '../../../electron/core/clients/client-ways.ts';
import { claudeDesktop } from '../../../electron/core/clients/programs/claude-desktop.ts';
import { lmStudio } from '../../../electron/core/clients/programs/lm-studio.ts';

const computer = { platform: 'linux', homedir: '/home/ana', env: {} };
const needs = (relay: readonly string[] | undefined) => ({
  computer,
  relay: () => relay,
  bundle: async () => '/data/bundles/Conexor.mcpb',
});

describe('the ways into a program', () => {
  it('are a file and a bundle for Claude Desktop; without a Node that could start the relay only the bundle', async () => {
    expect(await waysOf(needs(['/usr/bin/node', '/relay.cjs']), claudeDesktop, true)).toEqual(['file', 'bundle']);
    expect(await waysOf(needs(undefined), claudeDesktop, true)).toEqual(['bundle']);
    expect(await waysOf(needs(undefined), claudeDesktop, false)).toEqual([]);
  });

  it('stay for the others, whose faults say what is wanted', async () => {
    expect(await waysOf(needs(undefined), lmStudio, true)).toContain('file');
  });
});
