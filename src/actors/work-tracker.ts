/** Tracks work that outlives its actor (a tool that still cleans up), so that cleanup can wait for it. */

export interface WorkTracker {
  /** Follows `work` until it settles; its outcome is ignored. */
  track(work: Promise<unknown>): void;
  /** Resolves `true` once nothing is left, or `false` after `graceMs` milliseconds. */
  idle(graceMs: number): Promise<boolean>;
}

export function createWorkTracker(): WorkTracker {
  const running = new Set<Promise<unknown>>();
  return {
    track(work) {
      const followed: Promise<unknown> = work.then(
        () => running.delete(followed),
        () => running.delete(followed),
      );
      running.add(followed);
    },
    async idle(graceMs) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const grace = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), graceMs);
      });
      const drained = async (): Promise<true> => {
        while (running.size > 0) await Promise.all(running);
        return true;
      };
      const idle = await Promise.race([drained(), grace]);
      clearTimeout(timer);
      return idle;
    },
  };
}
