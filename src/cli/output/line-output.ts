/** Line-wise standard output that handles a slow reader and a closed pipe. */
import { EXIT } from '../exit-codes.ts';

export class LineOutput {
  isGone = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor() {
    process.stdout.on('error', () => {
      this.isGone = true;
      this.#gone.resolve();
    });
  }

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** Resolves when the output takes more, or its pipe is closed. */
  async drained(): Promise<void> {
    if (!process.stdout.writableNeedDrain || this.isGone) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    process.stdout.once('drain', resolve);
    await Promise.race([promise, this.#gone.promise]);
    process.stdout.off('drain', resolve);
  }

  /** Resolves with the exit code once everything is written. */
  async end(code: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    process.stdout.write('', () => resolve());
    await Promise.race([promise, this.#gone.promise]);
    return this.isGone ? EXIT.closedOutput : code;
  }
}
