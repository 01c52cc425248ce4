/** Less than every time limit that the product would end on instead, and far more than a busy machine takes. */
const soonMs = 8_000;

/**
 * Waits for what has to come by itself, as against after a time limit or never. It measures no speed: a machine that
 * others use too may stand still for seconds, and how long people wait is what `npm run bench` tells.
 */
export async function soon<T>(coming: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not come by itself in ${soonMs} ms`)), soonMs);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` takes of a processor, in ms: the same on a machine that others use. For work of this process alone. */
export async function processorMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
