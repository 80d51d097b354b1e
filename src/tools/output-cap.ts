/** Keeps the two ends of a text of any length. */

/** The share of the limit that goes to the head; failing commands say why at their end. */
const HEAD_SHARE = 1 / 3;

/**
 * Collects text in bounded memory: the first third of `limit` characters and the last two thirds. Guarantees:
 * - a text of at most `limit` characters comes out unchanged;
 * - of a longer one head and tail come out with a line between them that says how many characters are missing;
 * - the result does not depend on how the text was cut into chunks, and no character is cut in half;
 * - it never holds more than about three times `limit`.
 */
export class OutputCap {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head = '';
  #tail = '';
  #total = 0;

  /** `limit` is in UTF-16 code units, as `string.length` counts. */
  constructor(limit: number) {
    this.#headLimit = Math.floor(limit * HEAD_SHARE);
    this.#tailLimit = limit - this.#headLimit;
  }

  /** How many characters were pushed. */
  get total(): number {
    return this.#total;
  }

  push(chunk: string): void {
    this.#total += chunk.length;
    const room = this.#headLimit - this.#head.length;
    this.#head += chunk.slice(0, room);
    this.#tail += chunk.slice(room);
    // Trimmed at twice the limit and not at each push, so that many tiny chunks stay linear.
    if (this.#tail.length > 2 * this.#tailLimit) this.#tail = this.#tail.slice(-this.#tailLimit);
  }

  /** What was kept. */
  text(): string {
    if (this.#total <= this.#headLimit + this.#tailLimit) return this.#head + this.#tail;
    const head = this.#head.slice(0, headCut(this.#head));
    const end = this.#tail.slice(-this.#tailLimit);
    const tail = end.slice(tailCut(end));
    const missing = this.#total - head.length - tail.length;
    return `${head}\n[… ${missing} characters left out …]\n${tail}`;
  }
}

function headCut(head: string): number {
  const last = head.charCodeAt(head.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? head.length - 1 : head.length;
}

function tailCut(tail: string): number {
  const first = tail.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? 1 : 0;
}
