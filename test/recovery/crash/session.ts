/**
 * A session that does a bit of everything, with a human who always answers the same way and a world outside of it: files,
 * a log that calls append to, processes. It can be started again and again, and goes on.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  AgentOrchestrator,
  agentTool,
  call,
  createAgentHarness,
  createBashTool,
  createGeneratorHarness,
  defineTool,
  type Envelope,
  patchTool,
  type PendingRelay,
  readTool,
  type RelayAnswer,
  type Script,
  scriptedModel,
} from '../../../src/index.ts';
import { sqliteJournal } from '../../../src/journal/index.ts';
import { identityOf } from '../../../src/tools/process-identity.ts';

export const OLD = { 'one.txt': 'old one\n', 'two.txt': 'old two\n' } as const;
export const NEW = { 'one.txt': 'new one\n', 'three.txt': 'new three\n' } as const;

const PATCH = `*** Begin Patch
*** Update File: one.txt
@@
-old one
+new one
*** Delete File: two.txt
*** Add File: three.txt
+new three
*** End Patch`;

export const journalOf = (dir: string): string => join(dir, 'session.sqlite');
export const workspaceOf = (dir: string): string => join(dir, 'ws');
const logOf = (dir: string): string => join(dir, 'log');

/** The files before anything happens. */
export function layWorld(dir: string): void {
  mkdirSync(workspaceOf(dir), { recursive: true });
  for (const [name, text] of Object.entries(OLD)) writeFileSync(join(workspaceOf(dir), name), text);
}

/** The files as they are now, by name. */
export function filesOf(dir: string): Record<string, string> {
  const read = (name: string) => [name, readFileSync(join(workspaceOf(dir), name), 'utf8')] as const;
  return Object.fromEntries(readdirSync(workspaceOf(dir)).map(read));
}

/** Processes that commands have said they are, and that run (told from later ones by their start), by their ids. */
export function runningOf(dir: string): number[] {
  const path = join(dir, 'pids');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => line.split(' '))
    .filter(([pid, started]) => started !== undefined && identityOf(Number(pid))?.started === started)
    .map(([pid]) => Number(pid));
}

/** Lines that calls have left outside, each `<call id> <text>`. */
export function logged(dir: string): string[] {
  return existsSync(logOf(dir)) ? readFileSync(logOf(dir), 'utf8').split('\n').slice(0, -1) : [];
}

const script: Script = function* ({ task }) {
  if (task === 'child') {
    yield { text: 'looking', calls: [call('read', { path: 'one.txt' }), call('append', { text: 'g:child' })] };
    return { text: 'the child is done' };
  }
  const append = (text: string) => call('append', { text });
  yield { calls: [call('read', { path: 'one.txt' }), call('read', { path: 'two.txt' })] };
  yield { text: 'first', calls: [append('g:root'), call('patch', { patch: PATCH }), append('no'), append('edit me')] };
  const bash = call('bash', {
    command: 'echo "$$ $(cut -d" " -f22 /proc/$$/stat)" >> ../pids; sleep 0.1; echo "bash bash" >> ../log',
  });
  const [child] = yield { calls: [call('agent', { task: 'child', name: 'kid' }), bash] };
  return { text: `all done; ${child?.text}` };
};

/** What the human says. Of a call whose outcome is unknown, what can be seen in the world. */
function answerTo({ kind, tool, params, toolCallId }: PendingRelay, dir: string): RelayAnswer {
  const text = z.looseObject({ text: z.string().optional() }).parse(params).text ?? '';
  if (kind === 'unknown_outcome') {
    const isDone =
      tool === 'patch'
        ? existsSync(join(workspaceOf(dir), 'three.txt'))
        : logged(dir).some((line) => line.startsWith(tool === 'bash' ? 'bash' : `${toolCallId} `));
    return { approved: true, ...(isDone ? { output: { context: 'I saw it' } } : {}), by: 'ann' };
  }
  if (text === 'no') return { approved: false, reason: 'not this one', by: 'ann' };
  if (text === 'edit me') return { approved: true, input: { text: 'edited' }, by: 'ann' };
  return { approved: true, ...(text.startsWith('g:') ? { always: true } : {}), by: 'ann' };
}

export interface Told {
  /** An entry that a reader was given. */
  seq?: { readonly seq: number; readonly type: string };
  /** An answer of which `resolveRelay` said that it counts. */
  answered?: { readonly relayId: string; readonly approved: boolean };
  revoked?: string;
}

export interface Played {
  readonly entries: readonly Envelope[];
  /** As it was right after the start: open questions, files, processes that commands had started and that still run. */
  readonly atStart: {
    readonly standing: readonly PendingRelay[];
    readonly files: Readonly<Record<string, string>>;
    readonly running: readonly number[];
  };
}

/** Starts or resumes the session in `dir` and plays it to its end. `tell` hears what was promised, when it was. */
export async function play(dir: string, tell: (told: Told) => void = () => undefined): Promise<Played> {
  const append = defineTool({
    name: 'append',
    description: 'Leaves a line in the log outside.',
    schema: z.object({ text: z.string() }),
    derivePermission: ({ text }) => ({ tool: 'append', params: { text: text.replace(/:.*/, ':*') } }),
    execute({ text }, { callId }) {
      appendFileSync(logOf(dir), `${callId} ${text}\n`);
      return { context: `appended ${text}` };
    },
  });
  const tools = [append, patchTool, readTool, createBashTool({ sandbox: 'none' }), agentTool];
  const team = await AgentOrchestrator.open({
    journal: sqliteJournal(journalOf(dir)),
    harness: createAgentHarness({ harness: createGeneratorHarness({ model: scriptedModel(script) }) }),
    workspace: workspaceOf(dir),
    permissions: { allowlist: [{ tool: 'read' }] },
    tools,
  });
  const standing = team.getPendingRelays();
  const atStart = { standing, files: filesOf(dir), running: runningOf(dir) };
  const answer = (relay: PendingRelay | undefined) => {
    if (relay === undefined) return;
    const given = answerTo(relay, dir);
    if (team.resolveRelay(relay.id, given)) tell({ answered: { relayId: relay.id, approved: given.approved } });
  };
  if (team.agents().length === 0) team.spawn({ messages: [{ role: 'user', content: 'go' }], name: 'root', tools });
  for (const relay of standing) answer(relay);
  const entries: Envelope[] = [];
  for await (const entry of team.events()) {
    entries.push(entry);
    const { seq, event } = entry;
    tell({ seq: { seq, type: event.type } });
    if (event.type === 'relay') answer(team.getPendingRelays().find(({ id }) => id === event.id));
    // the grant is taken back once the child has ended
    if (event.type === 'harness_end' && event.parentId !== undefined) {
      for (const { id } of team.grants.list()) if (team.grants.revoke(id)) tell({ revoked: id });
    }
  }
  await team.cleanup();
  return { entries, atStart };
}
