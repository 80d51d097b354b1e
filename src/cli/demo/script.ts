/**
 * The demo's model: one script for each agent. The words are written beforehand; every number, name and reason in them
 * comes out of what the real tools returned, and every answer of the human leads somewhere.
 */
import { type Script, scriptedModel } from '../../index.ts';
import { auditScript } from './audit-script.ts';
import { docsScript } from './docs-script.ts';
import { leadScript } from './lead-script.ts';
import { TASKS } from './tasks.ts';
import { testsScript } from './tests-script.ts';

const SCRIPTS: readonly (readonly [task: string, script: Script])[] = [
  [TASKS.lead, leadScript],
  [TASKS.tests, testsScript],
  [TASKS.docs, docsScript],
  [TASKS.audit, auditScript],
];

const demoScript: Script = function* (context) {
  const script = SCRIPTS.find(([task]) => context.task.startsWith(task))?.[1];
  if (script === undefined) return { text: 'I have no part in this play.' };
  return yield* script(context);
};

/** @param paceMs Milliseconds between words: 0 in a pipe, so that nobody waits. */
export function demoModel(paceMs: number) {
  return scriptedModel(demoScript, { modelId: 'demo', paceMs });
}
