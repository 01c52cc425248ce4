/**
 * The steps of a sign-in's sheet and what follows from them: pure. Which step is shown is decided in sign-in-store.ts.
 */
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';
import type { DeviceCode } from '../../shared/ways-in.ts';
import type { WindowArgument } from '../../shared/window.ts';
import type { WindowFault } from '../client/client.ts';
import type { SignInOutcome } from './outcomes.ts';
import { accountOf, type SignInWanted, wayInOf } from './wanted.ts';

/** What a sign-in that waits for the person shows at first. */
export interface Begun {
  readonly attempt: string;
  readonly host: string;
  readonly device?: DeviceCode | undefined;
}

export type Step =
  /** What is to be typed; `choosing`: the other ways in are in sight. */
  | { readonly kind: 'form'; readonly choosing: boolean }
  | { readonly kind: 'preparing' }
  /** Nothing is open yet: the person is told what will happen. */
  | { readonly kind: 'ready'; readonly attempt: string; readonly host: string }
  | { readonly kind: 'waiting'; readonly attempt: string; readonly host: string; readonly notOpened: boolean }
  /** A code waits to be typed at the service's page. */
  | {
      readonly kind: 'device';
      readonly attempt: string;
      readonly host: string;
      readonly device: DeviceCode;
      readonly notOpened: boolean;
    }
  | { readonly kind: 'ended'; readonly outcome: SignInOutcome; readonly byCode?: boolean }
  | { readonly kind: 'fault'; readonly fault: WindowFault };

export interface Sheet {
  readonly wanted: SignInWanted;
  readonly step: Step;
}

/** What every step's component is told. */
export interface StepProps {
  readonly sheet: Sheet;
  /** The service's name on the screen. */
  readonly service: string;
}

/** How many fields its way in has; none where it is decided at the service itself. */
export function fieldsOf(wanted: SignInWanted, connection: ConnectionView): number {
  const wayIn = wayInOf(wanted, connection);
  return connection.waysIn.find(({ id }) => id === wayIn)?.fields.length ?? 0;
}

/** What the broker is asked. It takes the way in that the connection suggests, unless told otherwise. */
export function argumentOf(wanted: SignInWanted, view: ConnectionView | undefined): WindowArgument<'startSignIn'> {
  const { connection, account, another, scopes } = wanted;
  const wayIn = view ? wayInOf(wanted, view) : wanted.wayIn;
  // Of somebody who is signed in, the broker takes their own way.
  const own = view && accountOf(wanted, view)?.wayIn;
  const isUsual = wayIn === view?.wayIn && (own === undefined || own === wayIn);
  return {
    connection,
    openBrowser: false,
    ...(account === undefined ? {} : { account }),
    ...(another === undefined ? {} : { another }),
    ...(wayIn === undefined || isUsual ? {} : { wayIn }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
}

export function firstStep({ attempt, host, device }: Begun): Step {
  return device ? { kind: 'device', attempt, host, device, notOpened: false } : { kind: 'ready', attempt, host };
}

export function stepOf(waiting: WaitingSignIn): Step {
  const { attempt, host, browserOpened, device } = waiting;
  if (device || !browserOpened) return firstStep({ attempt, host, ...(device ? { device } : {}) });
  return { kind: 'waiting', attempt, host, notOpened: false };
}

export function isUnderWay(step: Step): boolean {
  return step.kind !== 'ended' && step.kind !== 'fault';
}

/** The attempt that a step is about. */
export function attemptOf(step: Step): string | undefined {
  return step.kind === 'ready' || step.kind === 'waiting' || step.kind === 'device' ? step.attempt : undefined;
}
