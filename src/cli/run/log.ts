/** The structured log of a command: off unless `GREENROOM_LOG` is set. Loads pino only when it is on. */
import { GreenroomError, type Logger, messageOf } from '../../index.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * A logger to standard error, or to the file of `GREENROOM_LOG_FILE`; `undefined` when logging is off.
 * @throws GreenroomError `invalid_params` for an unknown level, or a file that cannot be written.
 */
export async function openLog(env: Readonly<Record<string, string | undefined>>): Promise<Logger | undefined> {
  const wanted = env['GREENROOM_LOG']?.trim().toLowerCase() ?? '';
  const file = env['GREENROOM_LOG_FILE']?.trim();
  if (['', '0', 'off', 'false', 'silent'].includes(wanted) && !(wanted === '' && file)) return undefined;
  const level = wanted === '' ? 'info' : LEVELS.find((name) => name === wanted);
  if (level === undefined) {
    throw new GreenroomError(
      'invalid_params',
      `GREENROOM_LOG: "${wanted}" is not a log level. Use ${LEVELS.slice(0, -1).join(', ')} or ${LEVELS.at(-1)}.`,
      { path: 'GREENROOM_LOG' },
    );
  }
  const { pino } = await import('pino');
  const destination = openDestination(() =>
    // synchronous, so that the last lines before an exit are written
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
