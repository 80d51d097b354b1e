/** What the help of every command that runs agents ends with. */
export const COMMON_NOTES = `
Exit codes:
  0    completed
  1    an agent failed, was stopped by a limit, was cancelled, or cannot go on
  2    the command line or a setting cannot be used; nothing was started
  3    with --on-ask fail: a call needed a permission that nothing gives
  130  stopped (Ctrl-C, SIGTERM, SIGHUP); a second Ctrl-C ends it at once
  141  whoever read the output went away

Environment:
  GREENROOM_MODEL      the model when --model names none; else ANTHROPIC_API_KEY, OPENAI_API_KEY
                       or a local Ollama decide, and without any the answers are scripted
  GREENROOM_LOG        debug, info, warn or error: a structured log on standard error (off by default)
  GREENROOM_LOG_FILE   writes the log to this file instead (level info, unless GREENROOM_LOG says more)
  NO_COLOR             no colours`;
