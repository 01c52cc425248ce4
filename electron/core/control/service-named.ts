/** In the window a service has one name, in faults as well: they are made where only its host is known. */
import { Fault, isOnTheWay } from '../../../shared/faults.ts';
import { serviceNames } from '../../../shared/service-names.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { wordsOf } from '../../../shared/words/words.ts';

/** The fault of this connection's own service under its name. Of trouble on the way the host is told: it may be wrong. */
export function serviceNamed(
  fault: Fault,
  connectionId: string,
  { connections }: Pick<Snapshot, 'connections'>,
  language: Language,
): Fault {
  const connection = connections.find(({ id }) => id === connectionId);
  if (!connection || isOnTheWay(fault) || fault.detail.subject !== connection.host) return fault;
  const subject = serviceNames(connections, wordsOf(language)).get(connectionId);
  return subject === undefined ? fault : new Fault(fault.code, { ...fault.detail, subject });
}
