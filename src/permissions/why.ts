/** Why a call asks, in words a human and a model can use. */
import type { CallView } from './call-view.ts';
import type { Target } from './coverage.ts';
import { visibleText } from './visible-text.ts';

const MAX_SHOWN = 200;

export function whyUncovered(call: CallView, target: Target): string {
  const { tool } = call.request;
  if (target === null) return `it cannot be said for certain what this ${tool} call touches`;
  const { command } = target;
  if (command !== null) {
    const syntax = command.plain.ok ? '' : ` (only an exact rule can cover it: ${command.plain.reason})`;
    return `nothing allows ${tool} to run ${shown(command.text)}${syntax}`;
  }
  const path = target.value('path');
  if (typeof path !== 'string') return `nothing allows this ${tool} call`;
  const realPath = target.value('realPath');
  const real = typeof realPath === 'string' && realPath !== path ? ` (really ${shown(realPath)})` : '';
  return `nothing allows ${tool} on ${shown(path)}${real}`;
}

function shown(text: string): string {
  const visible = visibleText(text);
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN)}…` : visible;
}
