/**
 * All event streams to pages, by the session that each belongs to. They end with their session; and a page that opens
 * one after the other loses its own oldest, so that it takes none from other pages.
 */
import type { ServerResponse } from 'node:http';
import { Fault } from '../../../shared/faults.ts';
import type { Face } from '../control/face.ts';
import { type EventStream, type StreamOwner, streamEvents } from './tab-events.ts';
import type { TabSession } from './tab-sessions.ts';

const mostStreams = 40;
/** A page has one; a tab that was duplicated has the same session, and one that lost its way has two for a while. */
const mostOfOneSession = 4;

export interface TabStreams {
  /** Writes the head too. Throws `rate-limited`. */
  open(session: TabSession, owner: StreamOwner, response: ServerResponse): void;
  endOf(session: TabSession): void;
  endAll(): void;
}

export function createTabStreams(face: Face): TabStreams {
  /** Oldest first. */
  const streams = new Map<EventStream, string>();

  function streamsOf({ id }: TabSession): readonly EventStream[] {
    return [...streams].flatMap(([stream, of]) => (of === id ? [stream] : []));
  }
  function end(stream: EventStream): void {
    streams.delete(stream);
    stream.end();
  }

  return {
    open(session, owner, response) {
      const before = streamsOf(session);
      const [oldest] = before.length >= mostOfOneSession ? before : [];
      if (oldest) end(oldest);
      if (streams.size >= mostStreams) throw new Fault('rate-limited', { subject: 'Conexor', reason: 'streams' });
      response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
      const stream = streamEvents(face, response, owner);
      streams.set(stream, session.id);
      response.once('close', () => streams.delete(stream));
    },
    endOf(session) {
      for (const stream of streamsOf(session)) end(stream);
    },
    endAll() {
      for (const stream of [...streams.keys()]) end(stream);
    },
  };
}
