/** Listens to the named moments of durable work. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

/** The steps that this process passes from now on, until the test ends. */
export function heardSteps(): readonly unknown[] {
  const heard: unknown[] = [];
  const listen = (step: unknown) => void heard.push(step);
  subscribe('greenroom:step', listen);
  onTestFinished(() => void unsubscribe('greenroom:step', listen));
  return heard;
}
