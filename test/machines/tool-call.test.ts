import { expect, test } from 'vitest';
import { createActor, fromPromise, waitFor } from 'xstate';
import * as z from 'zod';
import type { HarnessEvent } from '../../src/index.ts';
import type { OrchestratorEvent, PreparedCall } from '../../src/machines/protocol.ts';
import { toolCallMachine } from '../../src/machines/tool-call.ts';
import type { Preparation, PrepareCallInput } from '../../src/machines/tool-call-context.ts';
import { agentInput, deaf } from './parts.ts';

test('a call that is cancelled while the orchestrator decides takes its question back', async () => {
  const prepared: PreparedCall = {
    tool: { name: 'echo', description: '', schema: z.object({}), execute: () => ({}) },
    input: {},
    request: {
      tool: 'echo',
      callId: 'a/1',
      rawCallId: '1',
      agentId: 'a',
      lineage: ['a'],
      input: {},
      subjects: null,
      workspace: '.',
    },
    proposal: null,
    digest: '',
    relayId: 'relay-1',
    at: 0,
  };
  const heard: OrchestratorEvent[] = [];
  const machine = toolCallMachine.provide({
    actors: {
      prepareCall: fromPromise<Preparation, PrepareCallInput, HarnessEvent>(() =>
        Promise.resolve({ ok: true, prepared }),
      ),
    },
  });
  const { spec } = agentInput();
  const actor = createActor(machine, {
    input: {
      call: { id: 'a/1', rawId: '1', name: 'echo', input: {} },
      agent: spec.identity,
      tools: [],
      layers: [],
      workspace: '.',
      orchestrator: deaf(heard),
      owner: deaf(),
    },
  });
  actor.start();
  await waitFor(actor, (snapshot) => snapshot.matches({ checking: 'deciding' }));
  actor.send({ type: 'cancel', reason: 'enough' });
  expect(actor.getSnapshot().status).toBe('done');
  expect(heard.map((event) => [event.type, 'relayId' in event && event.relayId])).toEqual([
    ['call.requested', 'relay-1'],
    ['call.withdrawn', 'relay-1'],
  ]);
});
