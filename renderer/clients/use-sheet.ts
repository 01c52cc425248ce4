/**
 * The steps of an app's sheet: what will happen, closing the app first, the change, and then looking until it works.
 * Nothing is written before the person has pressed the verb; nothing else is ever closed by Conexor.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type {
  ClientAction,
  ClientView,
  ClientWay,
  EntryScope,
  OpenedWay,
  PlannedChange,
} from '../../shared/clients.ts';
import type { WindowResult } from '../../shared/window.ts';
import { ask, asWindowFault, WindowFault } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { type Task, useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { suggestedWay, verdictWords } from './client-actions.ts';
import { lookForClients, takeClient, useKnownClient } from './clients-store.ts';
import type { SheetWanted } from './sheet-store.ts';
import { useLooking } from './use-looking.ts';

export type ChangedFiles = Pick<WindowResult<'addClient'>, 'changed' | 'failed'>;

export type SheetStep =
  | { readonly kind: 'ready' }
  | { readonly kind: 'close-first' }
  /** Looked at until it works. */
  | { readonly kind: 'watching'; readonly changed?: ChangedFiles; readonly opened?: OpenedWay }
  /** Removed or undone. */
  | { readonly kind: 'done'; readonly changed: ChangedFiles };

export interface SheetState {
  readonly client: ClientView | undefined;
  readonly step: SheetStep;
  readonly task: Task;
  readonly way: ClientWay;
  readonly setWay: (way: ClientWay) => void;
  readonly scope: EntryScope;
  readonly setScope: (scope: EntryScope) => void;
  readonly restores: boolean;
  readonly setRestores: (on: boolean) => void;
  /** Undefined before it is known; none for other ways than the file. */
  readonly plan: readonly PlannedChange[] | undefined;
  /** The person looked at the plan, and it has become another one since. */
  readonly planIsNew: boolean;
  /** None of the files can be changed: the first one's change, with what is wrong. */
  readonly broken: PlannedChange | undefined;
  readonly planAgain: () => void;
  readonly notePlanSeen: () => void;
  /** The verb was pressed, or the app is closed now. */
  readonly go: () => void;
  readonly again: (action: 'add' | 'back') => void;
  readonly action: SheetWanted['action'];
}

/** What every step's component is told. */
export interface StepProps {
  readonly sheet: SheetState;
  readonly client: ClientView;
}

export function useSheet(wanted: SheetWanted): SheetState {
  const { client: id } = wanted;
  const words = useWords();
  const client = useKnownClient(id);
  const [action, setAction] = useState(wanted.action);
  const [step, setStep] = useState<SheetStep>(wanted.action === 'finish' ? { kind: 'watching' } : { kind: 'ready' });
  const [chosenWay, setWay] = useState(wanted.way);
  const [chosenScope, setScope] = useState<EntryScope>();
  const [restores, setRestores] = useState<boolean>();
  const [plan, setPlan] = useState<readonly PlannedChange[]>();
  const [planIsNew, setPlanIsNew] = useState(false);
  const seen = useRef(false);
  const task = useTask();
  // What stood in a file is put back there.
  const isInFile = (action === 'back' || action === 'finish') && client?.ways.includes('file') === true;
  const way = chosenWay ?? (client && !isInFile ? suggestedWay(client) : 'file');
  const scope = chosenScope ?? scopeOf(client);
  const scopeKey = JSON.stringify(scope);
  const isUnusable = client?.verdict === 'file-unusable';
  const needsPlan = action === 'remove' || action === 'undo' || way === 'file';

  useEffect(() => {
    if (!client) lookForClients().catch(() => undefined);
  }, [client]);

  const planNow = useCallback(async () => {
    const planned: ClientAction = action === 'remove' || action === 'undo' ? action : 'add';
    const wish: EntryScope = JSON.parse(scopeKey);
    return ask('planClient', { client: id, action: planned, ...(planned === 'add' ? { scope: wish } : {}) });
  }, [id, action, scopeKey]);

  // What would be changed is there before anybody asks for it, and anew with another choice.
  useEffect(() => {
    if (!needsPlan || (action === 'finish' && !isUnusable)) return undefined;
    let left = false;
    planNow().then(
      ({ changes }) => {
        if (!left) setPlan(changes);
      },
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [planNow, needsPlan, action, isUnusable]);

  const change = async (signal: AbortSignal) => {
    const { changes } = await planNow();
    if (signal.aborted) return;
    setPlan(changes);
    if (seen.current && plan && isOther(plan, changes)) {
      setPlanIsNew(true);
      setStep({ kind: 'ready' });
      return;
    }
    const marks = { client: id, seen: changes.map((one) => one.seen) };
    const changed = await (action === 'remove'
      ? ask('removeClient', marks)
      : action === 'undo'
        ? ask('undoClient', marks)
        : ask('addClient', { ...marks, scope }));
    takeClient(changed.client);
    const [first] = changed.failed;
    // Nothing of it was done: said as the fault that it is.
    if (first && changed.changed.length === 0) throw new WindowFault(first.fault);
    if (signal.aborted) return;
    if (action === 'remove' || action === 'undo') {
      const { removeDialog, undoDialog } = words.clients;
      announce((action === 'remove' ? removeDialog : undoDialog).done(changed.client.title));
      setStep({ kind: 'done', changed });
    } else {
      announce(verdictWords(changed.client, words).title);
      setStep({ kind: 'watching', changed });
      if (action === 'back' && restores !== undefined) {
        takeClient(await ask('setClientRestores', { client: id, on: restores }));
      }
    }
  };

  const closing = step.kind === 'close-first';
  const go = () =>
    task.run(async (signal) => {
      if (way !== 'file' && !needsPlan) {
        const opened = await ask('openClient', { client: id, way, scope, open: true });
        if (!signal.aborted) setStep({ kind: 'watching', opened });
        return;
      }
      try {
        await change(signal);
      } catch (thrown) {
        const isRunning = asWindowFault(thrown).fault === 'program-running';
        // Whatever else is wrong is not tried again by itself.
        if (!signal.aborted && (isRunning || closing)) setStep({ kind: isRunning ? 'close-first' : 'ready' });
        if (!isRunning) throw thrown;
      }
    });

  const works = client?.verdict === 'connected';
  const isCopy = step.kind === 'watching' && step.opened?.way === 'copy';
  useLooking(closing || (step.kind === 'watching' && !works && !isCopy), async () => {
    const view = await ask('verifyClient', { client: id });
    takeClient(view);
    if (closing && view.running === false) go();
    if (!closing && view.verdict === 'connected') announce(words.clients.verdict.connected.text(view.title));
  });

  return {
    client,
    step,
    task,
    way,
    setWay,
    scope,
    setScope,
    restores: restores ?? client?.restores ?? false,
    setRestores,
    plan: needsPlan ? plan : [],
    planIsNew,
    broken: needsPlan && plan?.every(({ fault }) => fault) ? plan[0] : undefined,
    planAgain: () =>
      task.run(async (signal) => {
        const { changes } = await planNow();
        if (!signal.aborted) setPlan(changes);
      }),
    notePlanSeen() {
      seen.current = true;
    },
    go() {
      setPlanIsNew(false);
      // What can be known beforehand need not be refused.
      if (needsPlan && step.kind === 'ready' && client?.closeFirst && client.running === true) {
        setStep({ kind: 'close-first' });
      } else go();
    },
    again(next) {
      setAction(next);
      setStep({ kind: 'ready' });
    },
    action,
  };
}

/** What was there before stays as it was; without that, everything by one entry. */
function scopeOf(client: ClientView | undefined): EntryScope {
  const entries = client?.files.flatMap(({ entries: own, missing }) => [...own, ...missing]) ?? [];
  const connections = [...new Set(entries.flatMap(({ connection }) => connection ?? []))];
  const isEach = connections.length > 0 && entries.every(({ connection }) => connection !== undefined);
  return isEach ? { kind: 'each', connections } : { kind: 'all' };
}

/** Other files or other lines than those the person saw. */
function isOther(before: readonly PlannedChange[], now: readonly PlannedChange[]): boolean {
  const what = (changes: readonly PlannedChange[]) =>
    JSON.stringify(
      changes.map(({ path, what: kind, lines }) => [path, kind, lines.map(({ kind: k, text }) => [k, text])]),
    );
  return what(before) !== what(now);
}
