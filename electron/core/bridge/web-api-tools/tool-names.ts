/** The tools of a connection that is a web API, as hosts and people read them. */
import { oneLine } from '../../../../shared/one-line.ts';

export const readTool = 'read_api';
export const writeTool = 'write_api';

export function readTitle(service: string): string {
  return `Read from ${oneLine(service)}`;
}

export function writeTitle(service: string): string {
  return `Send and change at ${oneLine(service)}`;
}
