/** The log of a command: off unless `GREENROOM_LOG` is set. pino is loaded only then. */
import { GreenroomError, type Logger, messageOf } from '../index.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * A logger to standard error, or to the file that `GREENROOM_LOG_FILE` names; `undefined` when logging is off.
 * @throws GreenroomError `invalid_params` for a level that there is not, or a file that cannot be written.
 */
export async function openLog(env: Readonly<Record<string, string | undefined>>): Promise<Logger | undefined> {
  const wanted = env['GREENROOM_LOG']?.trim().toLowerCase() ?? '';
  const file = env['GREENROOM_LOG_FILE']?.trim();
  if (['', '0', 'off', 'false', 'silent'].includes(wanted) && !(wanted === '' && file)) return undefined;
  const level = wanted === '' ? 'info' : LEVELS.find((name) => name === wanted);
  if (level === undefined) {
    throw new GreenroomError(
      'invalid_params',
      `GREENROOM_LOG=${wanted} is no level. Use one of ${LEVELS.join(', ')}.`,
      {
        path: 'GREENROOM_LOG',
      },
    );
  }
  const { pino } = await import('pino');
  const destination = openDestination(() =>
    // Synchronous, so that the last lines before an end are there.
    pino.destination(file ? { dest: file, append: true, mkdir: true, sync: true } : { dest: 2, sync: true }),
  );
  const log = pino({ name: 'greenroom', level, base: { pid: process.pid } }, destination);
  return log;
}

function openDestination<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new GreenroomError('invalid_params', `GREENROOM_LOG_FILE cannot be written: ${messageOf(cause)}.`, {
      path: 'GREENROOM_LOG_FILE',
      cause,
    });
  }
}
