/** The person's settings: read once, written whole, told to everybody who listens. */
import type { Settings, SettingsChange } from '../../../shared/settings.ts';

export interface SettingsStore {
  get(): Settings;
  /** Stores the change before it is in force. Throws `data-folder-unusable`. */
  change(change: SettingsChange): Promise<Settings>;
  /** Called after every change; returns how to stop. */
  subscribe(listener: (settings: Settings) => void): () => void;
}
