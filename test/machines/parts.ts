/** What a machine needs to stand alone in a test. */
import { createActor, fromTransition } from 'xstate';
import type { AgentInput } from '../../src/machines/agent-context.ts';
import type { Ref } from '../../src/machines/protocol.ts';

/** An actor that takes every message and keeps it; `heard` says what came. */
export function deaf<E extends { type: string }>(heard: E[] = []): Ref<E> {
  return createActor(
    fromTransition((state: undefined, event: E) => {
      heard.push(event);
      return state;
    }, undefined),
  ).start();
}

export function agentInput(): AgentInput {
  return {
    orchestrator: deaf(),
    spec: {
      identity: { id: 'a', name: 'a', path: ['a'], lineage: ['a'] },
      loop: true,
      harness: {
        async *invoke() {
          yield* [];
        },
      },
      messages: [{ role: 'user', content: 'go' }],
      tools: [],
      permissions: {},
      layers: [],
      limits: { maxDepth: 3, maxLiveAgents: 100, maxAgents: 1000, maxIterations: 2 },
      retry: { maxAttempts: 2, baseMs: 1000, maxMs: 30_000 },
      workspace: '.',
    },
  };
}
