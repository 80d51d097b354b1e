/** Structured logging: a port that pino fits, silent by default, and harmless when it throws. */

import { redactedFields, redactedText } from './redact.ts';

/** What a logger must have; a pino logger fits as it is. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = () => undefined;

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Calls somebody else's code and forgets how it went, now or later. */
export function harmless(call: () => unknown): void {
  try {
    const given = call();
    if (given !== undefined) Promise.resolve(given).catch(nothing);
  } catch {
    // not ours to handle
  }
}

/** The same logger, but one that throws hurts nobody, and no secret reaches it. */
export function guardedLogger(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (fields: object, message: string) => {
    // a log line is not worth an agent
    harmless(() => logger[level](redactedFields(fields), redactedText(message)));
  };
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}
