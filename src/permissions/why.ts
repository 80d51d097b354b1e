/** Why a call asks, in words a human and a model can use. */
import type { CallView } from './call-view.ts';
import type { Target } from './coverage.ts';
import type { CommandView } from './shell/command-view.ts';
import { escapeHidden } from '../text/visible.ts';

const MAX_SHOWN = 200;

export function whyUncovered(call: CallView, target: Target): string {
  const { tool } = call.request;
  if (target === null) return `it cannot be said for certain what this ${tool} call touches`;
  const { command } = target;
  if (command !== null) return `nothing allows ${tool} to run ${whichCommand(command)}`;
  const path = target.value('path');
  const guardedAs = target.value('guardedAs');
  if (typeof guardedAs === 'string' && typeof path === 'string') {
    const which = target.guard === 'named' ? 'only a rule that names it' : 'no rule';
    return `${shown(path)}${reallyAt(target, path)} is ${guardedAs}: ${which} can allow ${tool} there`;
  }
  if (typeof path !== 'string') return `nothing allows this ${tool} call`;
  return `nothing allows ${tool} on ${shown(path)}${reallyAt(target, path)}`;
}

function reallyAt(target: NonNullable<Target>, path: string): string {
  const realPath = target.value('realPath');
  return typeof realPath === 'string' && realPath !== path ? ` (really ${shown(realPath)})` : '';
}

/** The simple command nothing covers, and what kept the rules that fit its words from covering it. */
function whichCommand({ text, simple, reason, alone, judged }: CommandView): string {
  if (simple === null) return `${shown(text)} (only an exact rule can cover it: ${reason ?? 'it is not plain'})`;
  const which = alone ? shown(text) : `${shown(simple.words.map((word) => word.text).join(' '))} (in ${shown(text)})`;
  // sorted, so that the order in which rules are listed changes nothing
  const objection = [...judged.values()].filter((one) => one !== null).toSorted()[0];
  return objection === undefined ? which : `${which}: ${escapeHidden(objection)}`;
}

function shown(text: string): string {
  // a run of blanks would push what follows out of sight
  const visible = escapeHidden(text).replace(/ {2,}/g, (run) => `[${run.length} blanks]`);
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN)}…` : visible;
}
