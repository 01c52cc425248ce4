/** How the figures of `npm run bench` are shown. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

export function ratio(value: number): string {
  return value.toFixed(2);
}

export function row(what: string, relay: string, direct: string, against: string, aim: string): void {
  process.stdout.write(
    `${what.padEnd(44)}${relay.padStart(14)}${direct.padStart(14)}${against.padStart(8)}   ${aim}\n`,
  );
}
