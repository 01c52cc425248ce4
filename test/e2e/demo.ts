/**
 * `npm run demo`: the main job from end to end without a person or a display, on the practice service, with the built
 * programs. Each step prints what was observed; a step that was not observed ends it with exit code 1.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { distBeside, type Stage, setStage } from './stage.ts';

/** Short enough that its end can be watched. */
const accessTokenLifeMs = 4_000;

const distDir = distBeside(import.meta.url);
let steps = 0;

class NotObserved extends Error {}

function observed(what: string, evidence: string): void {
  steps += 1;
  process.stdout.write(`${String(steps).padStart(2)}. ${what}\n      ${evidence}\n`);
}

function expect(truth: boolean, otherwise: string): asserts truth {
  if (!truth) throw new NotObserved(otherwise);
}

async function main(stage: Stage): Promise<void> {
  const { practice, control } = stage;
  observed(
    'A broker runs, with a data folder and a keychain of its own',
    `process ${stage.brokerPid}; ${stage.keychain}`,
  );

  const first = await stage.signIn('acme');
  expect(first.browser.status === 200 && first.browser.page.includes('Signed in as'), 'the browser was told so');
  expect(practice.seen.consents.allowed === 1, 'the consent page saw one yes');
  observed(
    'A person signs in on the real consent page',
    `"${heading(first.browser.page)}"; one code exchanged: ${practice.seen.tokenRequests.authorizationCode}`,
  );

  const relay = new StdioClientTransport({
    command: process.execPath,
    args: [join(distDir, 'relay.cjs'), '--data', stage.dataDir, '--client', 'demo'],
    env: environment(stage),
    stderr: 'inherit',
  });
  const client = new Client({ name: 'demo', version: '1' });
  let listChanges = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    listChanges += 1;
  });
  await client.connect(relay);
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  expect(tools.includes('list_orders') && tools.includes('whoami'), `the tools are there, not ${tools.join(', ')}`);
  observed('The official MCP client lists tools through the relay', tools.join(', '));

  const orders = await client.callTool({ name: 'list_orders', arguments: {} });
  expect(!orders.isError && text(orders).length > 0, 'orders came back');
  const asAcme = text(await client.callTool({ name: 'whoami', arguments: {} }));
  expect(/acme/i.test(asAcme), `it acts as the account at acme, not: ${asAcme}`);
  observed('It calls tools, and the first account’s data comes back', oneLine(asAcme));

  await overHttp(stage);
  await silentRefresh(stage, client);

  const second = await stage.signIn('globex', true);
  await control.ask('useAccount', { connection: second.connection.id, account: second.account });
  const asGlobex = text(await client.callTool({ name: 'whoami', arguments: {} }));
  expect(/globex/i.test(asGlobex), `it acts as the account at globex, not: ${asGlobex}`);
  observed('One switch, and the same assistant session shows the other account’s data', oneLine(asGlobex));

  await revoked(stage, client, () => listChanges);
  await nothingInTheOpen(stage);

  const relayPid = relay.pid;
  const before = performance.now();
  await client.close();
  const tookMs = performance.now() - before;
  expect(tookMs < 1_500, `the relay ends within a second, not ${Math.round(tookMs)} ms`);
  observed('The relay ends when its host does', `process ${relayPid} ended after ${Math.round(tookMs)} ms`);
}

/** A program that speaks HTTP, with the address and key that Conexor gives it. */
async function overHttp(stage: Stage): Promise<void> {
  const { url, key } = await stage.control.ask('localClientKey', { name: 'demo-http' });
  const refused = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  expect(refused.status === 401, `without its key a program gets 401, not ${refused.status}`);
  const http = new Client({ name: 'demo-http', version: '1' });
  await http.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
  );
  const answer = text(await http.callTool({ name: 'whoami', arguments: {} }));
  expect(/acme/i.test(answer), `the HTTP face shows the same account, not: ${answer}`);
  await http.close();
  observed(
    'A program on HTTP does the same at the local address, only with its key',
    `${url}: 401 without a key; with it: ${oneLine(answer)}`,
  );
}

async function silentRefresh(stage: Stage, client: Client): Promise<void> {
  const { seen } = stage.practice;
  const tokensBefore = seen.accessTokenIds.length;
  await new Promise((resolve) => setTimeout(resolve, accessTokenLifeMs + 500));
  const answer = await client.callTool({ name: 'whoami', arguments: {} });
  expect(!answer.isError, 'the call after the end of the token worked');
  expect(seen.tokenRequests.refreshToken >= 1, 'a refresh was made');
  expect(seen.accessTokenIds.length > tokensBefore, 'another access token arrived at the service');
  expect(seen.refreshReuses === 0, 'no refresh token was used twice');
  observed(
    'The access token expires, and the next call is served with a fresh one unseen',
    `${seen.tokenRequests.refreshToken} refresh(es), ${seen.refreshReuses} reused, ${seen.accessTokenIds.length} different access tokens seen by the service`,
  );
}

async function revoked(stage: Stage, client: Client, listChanges: () => number): Promise<void> {
  const { seen } = stage.practice;
  const changesBefore = listChanges();
  const refusedBefore = seen.mcpCount('ping', 401);
  const result = await stage.control.ask('signOut', {});
  expect(result.service === 'cancelled', `the service confirmed the cancellation, not: ${result.service}`);
  expect(
    result.proof === 'refused' && seen.mcpCount('ping', 401) === refusedBefore + 1,
    'the old access was tried and refused',
  );
  observed(
    'Signing out cancels the access at the service, and the old token is refused',
    `service: ${result.service}; a call with the old token: 401; revocation requests: ${seen.revocations}`,
  );

  const left = (await client.listTools()).tools.map((tool) => tool.name);
  expect(left.length === 1 && left[0] === 'sign_in', `only sign_in is left, not ${left.join(', ')}`);
  expect(listChanges() > changesBefore, 'the assistant was told that the tools changed');
  observed('The assistant is told at once, and still gets an answer', `tools now: ${left.join(', ')}`);
}

/** No token in any file of the data folder: they are JWTs, so their beginning would show. */
async function nothingInTheOpen(stage: Stage): Promise<void> {
  const names = (await readdir(stage.dataDir, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  for (const name of names) {
    const bytes = await readFile(join(stage.dataDir, name), 'latin1');
    // A JWE begins as a JWT does; ours has one header and no claims that could be read.
    const tokens = bytes.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g) ?? [];
    expect(tokens.length === 0 && !bytes.includes('cxl_'), `no token lies open in ${name}`);
  }
  observed('No token lies open in any file', `looked through: ${names.join(', ') || 'no files at all'}`);
}

function environment(stage: Stage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stage.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function text(result: Awaited<ReturnType<Client['callTool']>>): string {
  const content = Array.isArray(result.content) ? result.content : [];
  return content.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
}

function oneLine(words: string): string {
  return words.replace(/\s+/g, ' ').slice(0, 120);
}

function heading(page: string): string {
  return /<h1[^>]*>([^<]*)/.exec(page)?.[1] ?? '';
}

const stage = await setStage({ distDir, accessTokenLifeMs });
try {
  await main(stage);
  process.stdout.write(`\nAll ${steps} steps were observed.\n`);
} catch (thrown) {
  const why =
    thrown instanceof NotObserved
      ? `not observed: ${thrown.message}`
      : String(thrown instanceof Error ? (thrown.stack ?? thrown) : thrown);
  process.stdout.write(`\nThe demo stopped after step ${steps}: ${why}\n`);
  process.exitCode = 1;
} finally {
  await stage.stop();
}
