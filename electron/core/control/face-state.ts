/** What the window shows: the broker's snapshot, the settings, and what only the host knows, as one value. */

import { type Language, languageOf } from '../../../shared/settings.ts';
import { type WindowState, windowStateSchema } from '../../../shared/window.ts';
import type { FaceNeeds } from './create-face.ts';

export function faceLanguage({ settings, host }: Pick<FaceNeeds, 'settings' | 'host'>): Language {
  return languageOf(settings.get().language, host.systemLanguages);
}

/** Parsed, so that nothing leaves that the table does not name. */
export function faceState(needs: FaceNeeds): WindowState {
  const { host } = needs;
  const settings = needs.settings.get();
  const status = needs.status();
  return windowStateSchema.parse({
    snapshot: needs.broker.snapshot(),
    settings,
    app: {
      kind: host.kind,
      version: status.version,
      system: host.system,
      language: faceLanguage(needs),
      dataDir: status.dataDir,
      httpUrl: status.httpUrl,
      ...(status.wantedPort === undefined ? {} : { wantedPort: status.wantedPort }),
      keychain: status.keychain,
      ...(status.relayCommand === undefined ? {} : { relayCommand: status.relayCommand }),
      tray: host.hasTray(),
      startAtLogin: host.startAtLogin(),
      newPrograms: settings.newPrograms ?? host.newPrograms,
    },
    missing: needs.missing?.list() ?? [],
  } satisfies WindowState);
}
