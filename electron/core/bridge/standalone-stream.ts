/**
 * The stream on which a service sends what answers no request (MCP 2025-11-25 transports, "Listening for messages"):
 * opened by GET, taken up again with Last-Event-ID and at the pace the service asks for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { UpstreamResponse } from './exchange.ts';
import { isAnswer } from './message.ts';
import { mediaType, readEvents, waitForHost } from './pass.ts';
import type { EventSink } from './reply.ts';
import { retryPauseMs } from './sse.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** Resolves when `signal` aborts or the service has no such stream (405, or any other refusal of its own). Never throws. */
export async function keepListening(
  open: (lastEventId: string | undefined) => Promise<UpstreamResponse>,
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  let lastEventId: string | undefined;
  let retryMs: number | undefined;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    const response = await open(lastEventId).catch(() => undefined);
    if (response?.status === 200 && mediaType(response) === 'text/event-stream') {
      await readEvents(response, (event) => {
        if (event.id !== undefined) lastEventId = event.id;
        if (event.retryMs !== undefined) retryMs = event.retryMs;
        if (event.data === undefined || event.data.length === 0) return;
        pauseMs = firstPauseMs;
        // Answers belong on the streams of their requests (MCP transports); here they would be second ones.
        if (!isAnswer(event.data) && !sink.event(event)) waitForHost(response, sink);
      });
    } else {
      response?.discard();
      if (response && response.status < 500) return;
    }
    await delay(retryPauseMs(retryMs ?? pauseMs), undefined, { signal, ref: false }).catch(() => undefined);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}
