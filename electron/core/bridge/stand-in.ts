/**
 * What the bridge itself answers while there is no way to the service: signed out is not broken. A host gets a proper
 * server with one tool, `sign_in`, in its own era. Pure functions: message and situation in, result out.
 */
import { faultSentence } from '../../../shared/fault-words.ts';
import type { Fault, FaultCode } from '../../../shared/faults.ts';
import { firstModernVersion, type HostRequest, legacyVersions, serverInfoKey } from './message.ts';
import type { SignInWay } from './sign-in-way.ts';

export interface Situation {
  /** Why there is no way to the service. */
  readonly fault: Fault;
  /** The service, in a person's words. */
  readonly title: string;
  readonly host: string;
  /** How a person signs in there. */
  readonly way: SignInWay;
  /** Ours. */
  readonly version: string;
}

export const signInTool = 'sign_in';

const capabilities = { tools: { listChanged: true }, resources: { listChanged: true }, prompts: { listChanged: true } };

/** Where signing in (again) is what helps; elsewhere the tool tries once more and says what is wrong. */
const signInHelps: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'sign-in-needed',
  'permission-needed',
  'consent-denied',
  'sign-in-cancelled',
  'sign-in-timed-out',
]);

export function helpsToSignIn(fault: Fault): boolean {
  return signInHelps.has(fault.code);
}

/** Where a person has to change something in Conexor itself; a sign-in would not help. */
const needsPerson: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'paused',
  'program-waiting',
  'program-refused',
  'credentials-refused',
  'client-refused',
  'second-factor-needed',
  'account-banned',
]);

/** Where the way to the service is gone for good, or until a person acts: no session outlives it. */
export function endsAccess(fault: Fault): boolean {
  return helpsToSignIn(fault) || needsPerson.has(fault.code) || fault.code === 'connection-unknown';
}

/** The result for a request, or undefined where only the fault itself is an answer. */
export function standInResult(request: HostRequest, situation: Situation): object | undefined {
  const modern = request.modernVersion !== undefined || request.method === 'server/discover';
  const result = resultOf(request, situation);
  if (result === undefined || !modern) return result;
  return {
    resultType: 'complete',
    ...(cacheable.has(request.method) ? { ttlMs: 0, cacheScope: 'private' } : {}),
    ...result,
    _meta: { [serverInfoKey]: serverInfo(situation) },
  };
}

const cacheable: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
]);

function resultOf(request: HostRequest, situation: Situation): Record<string, unknown> | undefined {
  switch (request.method) {
    case 'initialize':
      return {
        protocolVersion: agreedVersion(request.params?.['protocolVersion']),
        capabilities,
        serverInfo: serverInfo(situation),
        instructions: instructions(situation),
      };
    case 'server/discover':
      return { supportedVersions: [firstModernVersion], capabilities, instructions: instructions(situation) };
    case 'ping':
    case 'logging/setLevel':
      return {};
    case 'tools/list':
      return { tools: [toolOf(situation)] };
    case 'resources/list':
      return { resources: [] };
    case 'resources/templates/list':
      return { resourceTemplates: [] };
    case 'prompts/list':
      return { prompts: [] };
    default:
      return undefined;
  }
}

/** MCP lifecycle: the host's version where we know it, else the newest of its era. */
export function agreedVersion(asked: unknown): string {
  return typeof asked === 'string' && legacyVersions.includes(asked) ? asked : (legacyVersions[0] as string);
}

function serverInfo({ title, version }: Situation): object {
  return { name: 'conexor', title: `Conexor: ${title}`, version };
}

function instructions(situation: Situation): string {
  const after = needsPerson.has(situation.fault.code)
    ? `The other tools appear by themselves when the person has changed that in Conexor; the tool ${signInTool} says how it stands.`
    : helpsToSignIn(situation.fault)
      ? `Call the tool ${signInTool}; when the person has signed in, the other tools appear by themselves.`
      : `The other tools appear by themselves as soon as it works again; the tool ${signInTool} tries at once.`;
  return `${faultSentence(situation.fault)} ${after}`;
}

/** What the sign-in tool does, for its description. */
export const whatItDoes: Record<SignInWay, string> = {
  page: 'This opens the sign-in page in their browser.',
  code: 'This gives a code that they type at the service’s page, in any browser.',
  typed: 'This says how they sign in in Conexor itself; what is typed there is never to be asked for here.',
};

function toolOf(situation: Situation): object {
  const helps = helpsToSignIn(situation.fault);
  return {
    name: signInTool,
    title: helps ? `Sign in to ${situation.title}` : `Try ${situation.title} again`,
    description: helps
      ? `The person is not signed in to ${situation.title} (${situation.host}). ${whatItDoes[situation.way]} Afterwards the other tools appear by themselves.`
      : needsPerson.has(situation.fault.code)
        ? `${faultSentence(situation.fault)} This only looks whether it has changed.`
        : `${faultSentence(situation.fault)} This tries again and says what it found.`,
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  };
}

/** Lists that we announce and a service may not have: capability and the answer then. */
const emptyLists: Readonly<Record<string, readonly [capability: string, result: object]>> = {
  'resources/list': ['resources', { resources: [] }],
  'resources/templates/list': ['resources', { resourceTemplates: [] }],
  'prompts/list': ['prompts', { prompts: [] }],
  'tools/list': ['tools', { tools: [] }],
};

/** The empty list to answer a host with that knows our capabilities, at a service that has not this one. */
export function emptyList(method: string, has: (capability: string) => boolean): object | undefined {
  const empty = Object.hasOwn(emptyLists, method) ? emptyLists[method] : undefined;
  return empty && !has(empty[0]) ? empty[1] : undefined;
}

/** A tool's answer in words. */
export function toolText(text: string, isError = false): object {
  return { content: [{ type: 'text', text }], ...(isError ? { isError: true } : {}) };
}

export const listChangedMethods = [
  'notifications/tools/list_changed',
  'notifications/resources/list_changed',
  'notifications/prompts/list_changed',
] as const;
