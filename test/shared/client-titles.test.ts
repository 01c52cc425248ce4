/** One name for each known program, wherever it is told: in the window and in the settings that Conexor writes. */
import { expect, it } from 'vitest';
import { clientProgram } from '../../electron/core/clients/programs/catalogue.ts';
import { clientTitles, programTitle } from '../../shared/client-titles.ts';
import { clientIds } from '../../shared/clients.ts';

it('is the same in the window and in the catalogue of programs', () => {
  for (const id of clientIds) expect(clientTitles[id], id).toBe(clientProgram(id).title);
});

it('of a program that nobody knows is its own; a second one of a known name is told apart', () => {
  expect(programTitle('claude-desktop')).toBe('Claude Desktop');
  expect(programTitle('claude-desktop#2')).toBe('Claude Desktop #2');
  expect(programTitle('backup script')).toBe('backup script');
  expect(programTitle('backup#2')).toBe('backup#2');
});
