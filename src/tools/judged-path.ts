/** What a running tool opens is what permissions judged. */
import { movedError } from './anchored-folder.ts';
import type { ToolContext } from './tool.ts';
import { realPath } from './workspace-path.ts';

/**
 * The real path of an absolute path, as it was judged.
 * @throws ToolError when it leads elsewhere now, or was never among what was judged.
 */
export function judgedPath({ judged }: Pick<ToolContext, 'judged'>, path: string): string {
  const real = realPath(path);
  // nothing to compare with: no orchestrator runs this tool, or a human allowed what could not be resolved
  if (judged === undefined || judged === null) return real;
  const subject = judged.find((one) => one['path'] === path);
  const expected = subject?.['realPath'];
  if (typeof expected !== 'string') throw movedError(path, real);
  if (expected !== real) throw movedError(expected, real);
  return real;
}
