/** Where Conexor's things lie on this computer, and under Details where programs reach it. */
import { useState } from 'react';
import type { WindowState } from '../../shared/window.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask } from '../client/client.ts';
import { useWindowState } from '../client/state.ts';
import { Card, Fold, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { FaultNotice, Notice } from '../parts/notice.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { PortSetting } from './settings-port.tsx';

export function PlaceSettings() {
  const all = useWords();
  const words = all.settings;
  const state = useWindowState();
  const { app } = state;
  return (
    <Section title={words.onThisComputer}>
      <Card>
        <div className="setting">
          <h3>{words.signIns}</h3>
          <p className="hint">{keptIn(state, all)}</p>
        </div>
        <div className="setting">
          <h3>{words.closing}</h3>
          <p className="hint">{closing(app, all)}</p>
        </div>
        <Folder dataDir={app.dataDir} />
        <div className="setting">
          <Fold title={words.details}>
            <h3>{words.address}</h3>
            <p className="hint">{words.addressNote}</p>
            <div className="copy-line">
              <code className="command">{app.httpUrl}</code>
              <CopyButton label={words.copyPlace} text={app.httpUrl} />
            </div>
            {app.wantedPort === undefined ? null : <Notice tone="notice" title={words.portTaken(app.wantedPort)} />}
            <PortSetting />
          </Fold>
        </div>
      </Card>
    </Section>
  );
}

function Folder({ dataDir }: { readonly dataDir: string }) {
  const words = useWords().settings;
  const task = useTask();
  const [notOpened, setNotOpened] = useState(false);
  const open = () =>
    task.run(async (signal) => {
      const { opened } = await ask('openDataFolder', {});
      if (!signal.aborted) setNotOpened(!opened);
    });
  return (
    <div className="setting">
      <h3>{words.folder}</h3>
      <code className="command">{dataDir}</code>
      <div className="buttons">
        <Button icon="folder" busy={task.running} onPress={open}>
          {words.openFolder}
        </Button>
        <CopyButton label={words.copyPlace} text={dataDir} />
      </div>
      {notOpened ? <Notice tone="notice" title={words.folderNotOpened} /> : null}
      {task.fault ? <FaultNotice fault={task.fault} /> : null}
    </div>
  );
}

function keptIn({ snapshot, app }: WindowState, words: WindowWords): string {
  const { keptIn: texts } = words.settings;
  switch (snapshot.vault.kind) {
    case 'keychain':
    case 'locked':
      return texts[snapshot.vault.kind](app.keychain);
    case 'key-file':
    case 'memory':
      return texts[snapshot.vault.kind];
  }
}

function closing(app: WindowState['app'], { settings }: WindowWords): string {
  if (app.kind === 'tab') return settings.closingTab;
  if (!app.tray) return settings.closingQuits;
  return app.system === 'mac' ? settings.closingMenuBar : settings.closingTray;
}
