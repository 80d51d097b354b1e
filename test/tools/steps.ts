/** Listens to the named moments of durable work. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

/** The steps that this process passes from now on, until the test ends. */
export function heardSteps(): readonly unknown[] {
  const heard: unknown[] = [];
  const listen = (step: unknown) => void heard.push(step);
  subscribe('greenroom:fault-point', listen);
  onTestFinished(() => void unsubscribe('greenroom:fault-point', listen));
  return heard;
}
