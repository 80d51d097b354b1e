/** What the process's exit code says. `--help` lists them. */
export const EXIT = {
  /** Every agent that was asked to do something completed it. */
  completed: 0,
  /** An agent failed, was stopped by a limit, or was cancelled. */
  failed: 1,
  /** The command line, or a setting of the environment, cannot be used. Nothing was started. */
  usage: 2,
  /** With `--on-ask fail`, a call needed a permission that nothing gives. */
  needsPermission: 3,
  /** Ctrl-C, SIGTERM or SIGHUP. */
  interrupted: 130,
  /** Whoever read the output went away (`| head -1`). */
  closedOutput: 141,
} as const;
