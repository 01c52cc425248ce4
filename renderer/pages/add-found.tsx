/** What Claude Desktop's own file has and Claude skips: offered where services are added, and nothing where there is none. */
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import type { FoundImport, ImportResult } from '../../shared/imports.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Card, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { listOf, useWords } from '../words/use-words.ts';
import { PastedServer } from './pasted-server.tsx';

export function FoundInClaude() {
  const words = useWords().found;
  const { found, look } = useFound();
  const known = useSelected(({ snapshot }) => snapshot.connections.map(({ resource }) => resource).join('\n'));
  const files = found.flatMap((file) => {
    const isKnown = (target: string) => known.split('\n').includes(target);
    // One that is connected, and has nothing left there to take, is no news.
    const servers = file.servers.filter(({ target, hasSecret, fault }) => fault || hasSecret || !isKnown(target));
    // A file that is broken has nothing for us; one that holds too much has, and says what to do.
    const tooMuch = file.fault?.fault === 'too-large' ? file.fault : undefined;
    if (file.path === undefined || (servers.length === 0 && file.backups.length === 0 && !tooMuch)) return [];
    return [{ ...file, servers, tooMuch }];
  });
  if (files.length === 0) return null;
  return (
    <Section title={words.title} hint={words.hint}>
      <div className="stack">
        {files.map((file) => (
          <Card key={file.path} padded>
            {file.tooMuch ? (
              <Notice tone="notice" title={file.tooMuch.what}>
                <p>{file.tooMuch.next}</p>
              </Notice>
            ) : null}
            <OneFile file={file} path={file.path ?? ''} named={files.length > 1} look={look} />
          </Card>
        ))}
      </div>
    </Section>
  );
}

function useFound(): { readonly found: readonly FoundImport[]; readonly look: () => Promise<void> } {
  const [found, setFound] = useState<readonly FoundImport[]>();
  const looks = useRef(0);
  const look = useCallback(async () => {
    looks.current += 1;
    const mine = looks.current;
    const answer = await ask('findImports', {});
    // Of two at once, the later one has seen the newer file.
    if (mine === looks.current) setFound(answer.found);
  }, []);
  // Claude writes its file whenever it likes, most likely while one is over there.
  useEffect(() => {
    const lookAgain = () => {
      if (document.visibilityState === 'visible') look().catch(() => undefined);
    };
    lookAgain();
    window.addEventListener('focus', lookAgain);
    document.addEventListener('visibilitychange', lookAgain);
    return () => {
      window.removeEventListener('focus', lookAgain);
      document.removeEventListener('visibilitychange', lookAgain);
    };
  }, [look]);
  return { found: found ?? [], look };
}

function OneFile(props: {
  readonly file: FoundImport;
  readonly path: string;
  /** Several installations of Claude are told apart by where their files are. */
  readonly named: boolean;
  readonly look: () => Promise<void>;
}) {
  const { file, path, look } = props;
  const words = useWords();
  const task = useTask();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [clean, setClean] = useState(false);
  const [result, setResult] = useState<ImportResult>();
  const chosen = file.servers.filter(({ name, fault }) => !fault && !left.has(name));
  const mayClean = !file.notCleanable && chosen.some(({ hasSecret }) => hasSecret);
  const add = () =>
    task.run(async (signal) => {
      try {
        const made = await ask('importServers', {
          source: { kind: 'claude-desktop', path },
          servers: chosen.map(({ name }) => name),
          clean: clean && mayClean ? 'secret' : 'nothing',
        });
        if (signal.aborted) return;
        setResult(made);
        const titles = made.servers.flatMap(({ connection }) => connection?.title ?? []);
        if (titles.length > 0) announce(words.found.added(listOf(titles, words)));
      } finally {
        // Refused or not, the file may be another one by now.
        await look();
      }
    });
  const leave = (name: string, on: boolean) =>
    setLeft((before) => new Set(on ? [...before].filter((one) => one !== name) : [...before, name]));
  return (
    <>
      {props.named ? <p className="soft small">{path}</p> : null}
      {file.servers.length > 1 ? <p className="small">{words.found.several(file.servers.length)}</p> : null}
      {file.servers.map((server) => (
        <PastedServer
          key={server.name}
          server={server}
          {...(file.servers.length > 1
            ? { chosen: !left.has(server.name), onChoose: (on: boolean) => leave(server.name, on) }
            : {})}
        />
      ))}
      {mayClean ? <CleanChoice on={clean} onChange={setClean} /> : null}
      {chosen.length > 0 ? (
        <div className="buttons">
          <Button tone="primary" busy={task.running} onPress={add}>
            {words.found.add(chosen.length)}
          </Button>
        </div>
      ) : null}
      <TaskLine task={task} />
      {result ? <Outcome result={result} /> : null}
      <Copies files={file.backups.length} look={look} />
    </>
  );
}

function CleanChoice({ on, onChange }: { readonly on: boolean; readonly onChange: (on: boolean) => void }) {
  const words = useWords().found;
  const id = useId();
  return (
    <div className="pasted">
      <input
        id={id}
        type="checkbox"
        className="check"
        checked={on}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div className="pasted-words">
        <label htmlFor={id}>{words.clean}</label>
        <span id={`${id}-hint`} className="soft small">
          {words.cleanHint}
        </span>
      </div>
    </div>
  );
}

/** What became of it, in the order in which it happened. */
function Outcome({ result }: { readonly result: ImportResult }) {
  const words = useWords();
  const titles = result.servers.flatMap(({ connection }) => connection?.title ?? []);
  const left = result.servers.flatMap(({ name, secretLeft }) => (secretLeft ? name : []));
  const hasCopy = result.cleaned?.backup !== undefined;
  const faults = [
    ...result.servers.flatMap(({ fault }) => fault ?? []),
    ...(result.notCleaned ? [result.notCleaned] : []),
  ];
  return (
    <div aria-live="polite">
      {titles.length > 0 ? (
        <Notice tone="good" title={words.found.added(listOf(titles, words))}>
          {result.cleaned?.backup ? (
            <p>
              {words.found.cleaned} {words.found.claudeOpen}
            </p>
          ) : null}
        </Notice>
      ) : null}
      {left.length > 0 ? <p className="small">{words.found.secretLeft(listOf(left, words), hasCopy)}</p> : null}
      {faults.map(({ what, next }) => (
        <Notice key={what} tone="notice" title={what}>
          <p>{next}</p>
        </Notice>
      ))}
    </div>
  );
}

function Copies({ files, look }: { readonly files: number; readonly look: () => Promise<void> }) {
  const words = useWords().found;
  const task = useTask();
  if (files === 0) return null;
  const remove = () =>
    task.run(async () => {
      const { removed } = await ask('removeBackups', {});
      announce(words.deleted(removed.length));
      await look();
    });
  return (
    <>
      <Notice
        tone="calm"
        title={words.copies(files)}
        action={{ label: words.deleteCopies(files), onPress: remove, busy: task.running }}
      />
      <TaskLine task={task} />
    </>
  );
}
