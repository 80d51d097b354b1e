/** Structured logging: a port that pino implements, silent by default. */

import { redactedFields, redactedText } from './redact.ts';

/** The methods of a logger; a pino logger has them. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = () => undefined;

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Calls code of the application and swallows its errors, synchronous and asynchronous. */
export function harmless(call: () => unknown): void {
  try {
    const given = call();
    if (given !== undefined) Promise.resolve(given).catch(nothing);
  } catch {
    // see above
  }
}

/** Wraps a logger: swallows its errors and redacts secrets. */
export function guardedLogger(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (fields: object, message: string) => {
    // a log line is not worth an agent
    harmless(() => logger[level](redactedFields(fields), redactedText(message)));
  };
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}
