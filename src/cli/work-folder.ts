/** The folder that a run works in. */
import { statSync } from 'node:fs';
import { GreenroomError, messageOf } from '../index.ts';

/**
 * The path, if it is a folder.
 * @param named What named it, e.g. the flag.
 * @throws GreenroomError `invalid_params`.
 */
export function workFolder(path: string, named: string): string {
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw new GreenroomError('invalid_params', `${named} ${path} cannot be used: ${messageOf(cause)}.`, { cause });
  }
  throw new GreenroomError('invalid_params', `${named} ${path} is not a folder. Name the folder of a project.`);
}
