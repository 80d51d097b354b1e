/** The limits of an agent, with the defaults filled in. */
import type { Limits } from '../events.ts';
import type { EffectiveLimits } from './protocol.ts';

/** Fills the gaps of `limits` with the defaults. */
export function effectiveLimits(limits: Limits, maxIterations: number): EffectiveLimits {
  return {
    maxDepth: limits.maxDepth ?? 3,
    maxLiveAgents: limits.maxLiveAgents ?? 100,
    maxAgents: limits.maxAgents ?? 1000,
    maxIterations: limits.maxIterations ?? maxIterations,
    maxTokens: limits.maxTokens,
    maxDurationMs: limits.maxDurationMs,
  };
}
