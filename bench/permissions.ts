/** Cost of a permission decision, and of deciding all waiting calls again. */
import { createActor, fromTransition } from 'xstate';
import { initialOrchestratorContext } from '../src/machines/orchestrator-context.ts';
import { redecide, requestCall } from '../src/machines/orchestrator-transitions.ts';
import type { CallerEvent, CallRequested, Ref } from '../src/machines/protocol.ts';
import type { Grant } from '../src/events.ts';
import type { CallRequest } from '../src/permissions/call.ts';
import { decide } from '../src/permissions/decide.ts';
import type { PermissionState } from '../src/permissions/parse.ts';
import { compilePermissions, NO_PERMISSIONS } from '../src/permissions/parse.ts';
import { compileRule } from '../src/permissions/rules.ts';
import { report, settle } from './report.ts';

const COMMANDS = ['git status -s', 'npm run build', 'git log --oneline -5', 'ls -la src', 'rm -rf build && make'];

function request(command: string, id: number): CallRequest {
  const at = { agentId: 'a', lineage: ['a'], workspace: '/ws' };
  const subjects = [{ command, cwd: '/ws', realCwd: '/ws', realRoot: '/ws' }];
  return { tool: 'bash', callId: `a/${id}`, rawCallId: `${id}`, input: { command }, subjects, ...at };
}

function grant(command: string, id: number): Grant {
  const { permission } = compileRule({ tool: 'bash', params: { command } }, 'grant');
  return { id: `g${id}`, permission, scope: 'all', agentId: 'a', originRelayId: 'r', by: 'human', createdAt: id };
}

const DECISIONS = 5000;
const WARM_UP = 1000;

/** The median time of a decision, microseconds. Every call is new, as from a model: nothing of it was parsed before. */
function decisionTime(state: PermissionState): number {
  const times: number[] = [];
  for (let i = 0; i < DECISIONS; i += 1) {
    const call = request(COMMANDS[i % COMMANDS.length] ?? '', i);
    const began = performance.now();
    decide(call, state);
    times.push(performance.now() - began);
  }
  const sorted = times.slice(WARM_UP).toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) * 1000;
}

function stateWith(rules: number, grants: number): PermissionState {
  const allowlist = Array.from({ length: rules }, (_, i) => ({ tool: 'bash', params: { command: `tool${i} run *` } }));
  return {
    policy: compilePermissions({ allowlist }, 'policy'),
    layers: [],
    grants: Array.from({ length: grants }, (_, i) => grant(`tool${i} run *`, i)),
    once: () => [],
    now: 0,
  };
}

/** The median time to decide a shell command under 10 rules and that many grants, microseconds. */
export const decisionMicros = (grants: number): number => decisionTime(stateWith(10, grants));

/** Milliseconds to ask 1 000 questions, and to release half of them by one grant. */
function waiting(): { readonly asking: number; readonly releasing: number } {
  const ref: Ref<CallerEvent> = createActor(
    fromTransition((state: undefined, _event: CallerEvent) => state, undefined),
  );
  let context = initialOrchestratorContext({ policy: NO_PERMISSIONS, onAsk: 'wait' });
  const began = performance.now();
  for (let i = 0; i < 1000; i += 1) {
    const event: CallRequested = {
      type: 'call.requested',
      request: request(i % 2 === 0 ? `git log -${i}` : `make t${i}`, i),
      layers: [],
      proposal: [{ tool: 'bash', params: { command: 'git log *' } }],
      relayId: `r${i}`,
      at: 0,
      path: ['a'],
      ref,
    };
    context = { ...context, ...requestCall(context, event).patch };
  }
  const asked = performance.now();
  const { messages } = redecide({ ...context, grants: [grant('git log *', 1)] }, 1);
  if (messages.length !== 500) throw new Error(`released ${messages.length} of 500`);
  return { asking: asked - began, releasing: performance.now() - asked };
}

export async function benchPermissions(): Promise<void> {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const micros = (value: number) => `${value.toFixed(1)} µs (median of ${DECISIONS - WARM_UP})`;
  waiting();
  const { asking, releasing } = await settle(() => Promise.resolve(waiting()));
  report('permissions', {
    'a shell decision, 10 rules': micros(decisionMicros(0)),
    'a shell decision, 1 000 grants': micros(decisionMicros(1000)),
    'ask 1 000 questions': ms(asking),
    'decide 1 000 waiting calls again': ms(releasing),
  });
}
