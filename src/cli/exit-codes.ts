/** Exit codes and environment variables, as the help lists them. */

export const EXIT = {
  completed: 0,
  failed: 1,
  usage: 2,
  needsPermission: 3,
  interrupted: 130,
  closedOutput: 141,
} as const;

const EXIT_HELP: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.completed, 'completed'],
  [EXIT.failed, 'an agent failed, hit a limit, was cancelled, or cannot continue'],
  [EXIT.usage, 'invalid command line or setting; nothing was started'],
  [EXIT.needsPermission, 'with --on-ask fail: a call was not permitted'],
  [EXIT.interrupted, 'stopped (Ctrl-C, SIGTERM, SIGHUP); a second Ctrl-C kills the process at once'],
  [EXIT.closedOutput, 'output pipe closed'],
];

/** Ends the help of every command that runs agents. */
export const COMMON_NOTES = `
Exit codes:
${EXIT_HELP.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}`).join('\n')}

Environment:
  GREENROOM_MODEL      model to use without --model; if unset: ANTHROPIC_API_KEY, then OPENAI_API_KEY,
                       then a local Ollama; with none of them a scripted model answers
  GREENROOM_LOG        debug, info, warn or error: structured log on standard error (default: off)
  GREENROOM_LOG_FILE   write the log to this file instead (level info unless GREENROOM_LOG is set)
  NO_COLOR             disable colours`;
