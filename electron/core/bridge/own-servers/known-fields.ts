/**
 * What a tool of ours takes: these fields and no others. One that is named otherwise here would be left out in silence,
 * and the call would do something else than was asked.
 */
import { z } from 'zod';

export function knownFields<S extends z.ZodRawShape>(shape: S) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `This tool does not know ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}, so nothing was done. It takes: ${names}.`
        : undefined,
  });
}
