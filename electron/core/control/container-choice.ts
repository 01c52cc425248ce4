/**
 * Whether programs in containers may come: the person's choice in the settings, in force at once at the keys and at the
 * HTTP face, whichever window or command changed it.
 */
import type { ContainersView } from '../../../shared/containers.ts';
import { Fault } from '../../../shared/faults.ts';
import type { HttpFace } from '../bridge/http-face.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

export interface ContainerChoice {
  /** The face is open: from now on the choice is in force. */
  begin(door: HttpFace['containers']): void;
  view(): Promise<ContainersView>;
  /** Resolves when it is in force. Throws `data-folder-unusable`. */
  set(on: boolean): Promise<ContainersView>;
  close(): void;
}

export function createContainerChoice(
  settings: SettingsStore,
  /** Whether keys for containers hold. */
  letContainers: (on: boolean) => void,
): ContainerChoice {
  let door: HttpFace['containers'] | undefined;
  let isOn = false;
  let inForce: Promise<void> = Promise.resolve();

  function apply(): void {
    const { containers } = settings.get();
    if (!door || containers === isOn) return;
    isOn = containers;
    // First the keys: what runs is answered in words before its connections end.
    letContainers(isOn);
    inForce = door.set(isOn);
  }

  async function view(): Promise<ContainersView> {
    await inForce;
    if (!door) throw new Fault('internal', { reason: 'asked before the start' });
    return door.view();
  }

  const unsubscribe = settings.subscribe(apply);
  return {
    begin(opened) {
      door = opened;
      apply();
    },
    view,
    async set(on) {
      await settings.change({ containers: on });
      return view();
    },
    close: unsubscribe,
  };
}
