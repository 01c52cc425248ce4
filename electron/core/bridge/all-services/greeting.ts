/** What a host hears of us when a conversation begins, in either era: all that services may have, and which there are. */
import { firstModernVersion, type HostRequest } from '../message.ts';
import { agreedVersion } from '../stand-in.ts';
import { modernResult } from './eras.ts';

/** As long as a single service may take (`../legacy-session.ts`). */
const greetingWaitMs = 400;

const capabilities = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

/** To `initialize` or `server/discover`. */
export function greetingResult(request: HostRequest, version: string, instructions: string): object {
  if (request.method === 'server/discover') {
    return modernResult(
      request.method,
      { supportedVersions: [firstModernVersion], capabilities, instructions },
      version,
    );
  }
  return {
    protocolVersion: agreedVersion(request.params?.['protocolVersion']),
    capabilities,
    serverInfo: { name: 'conexor', title: 'Conexor', version },
    instructions,
  };
}

/** What services say of themselves is told where it comes in time. */
export async function inTime(all: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, greetingWaitMs);
  });
  await Promise.race([Promise.all(all), tooLate]);
  clearTimeout(timer);
}
