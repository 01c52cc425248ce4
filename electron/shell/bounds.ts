/** Where the window stood when it was last seen, in a small file; anything odd in there and it stands where it would anyway. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';

export const smallest = { width: 360, height: 480 } as const;
const usual = { width: 960, height: 720 } as const;
/** This much of the title has to be on a screen, or nobody could take hold of it. */
const reachable = 80;

const pixels = z.number().int().min(-100_000).max(100_000);
const schema = z.object({
  x: pixels,
  y: pixels,
  width: z.number().int().min(smallest.width).max(20_000),
  height: z.number().int().min(smallest.height).max(20_000),
  maximized: z.boolean().default(false),
});
export type Bounds = z.infer<typeof schema>;

export interface Place {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly maximized: boolean;
}

/** `screens` are the work areas as they are now: one may have been unplugged. */
export function placeOf(remembered: unknown, screens: readonly Rectangle[]): Place {
  const parsed = schema.safeParse(remembered);
  if (!parsed.success) return { ...usual, maximized: false };
  const { x, y, width, height, maximized } = parsed.data;
  const onScreen = screens.some(
    (screen) =>
      x + width >= screen.x + reachable &&
      x <= screen.x + screen.width - reachable &&
      y >= screen.y &&
      y <= screen.y + screen.height - reachable,
  );
  return onScreen ? { x, y, width, height, maximized } : { width, height, maximized };
}

export function readBounds(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeBounds(path: string, bounds: Bounds): void {
  try {
    writeFileSync(path, JSON.stringify(bounds), { mode: 0o600 });
  } catch {
    // Not worth a word: the window stands where it would anyway.
  }
}
