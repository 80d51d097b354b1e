/**
 * Masking of a text that grows by pieces. A secret that arrives in two pieces is masked too. Only the end of the text is
 * checked again for each piece.
 */
import { mayIntroduceSecret, redactedText } from '../../diagnostics/redact.ts';

/** Characters at the end that a new piece may still change. */
const TAIL = 1000;
/** A longer end is cut where no secret can cross the cut; one longer than the second limit is cut anywhere. */
const LONG_TAIL = 4000;
const LONGEST_TAIL = 16_000;

export class GrowingMask {
  /** Masked, and final. */
  #settled = '';
  #tail = '';

  /** @returns The whole text so far, masked. */
  add(piece: string): string {
    for (let at = 0; at < piece.length; at += LONG_TAIL) {
      this.#tail += piece.slice(at, at + LONG_TAIL);
      if (this.#tail.length > LONG_TAIL) this.#settle();
    }
    return this.#settled + redactedText(this.#tail);
  }

  /** Drops the beginning, so that between `length` and twice as many characters stay. */
  keepLast(length: number): void {
    if (this.#settled.length > 2 * length) this.#settled = this.#settled.slice(-length);
  }

  #settle(): void {
    const limit = this.#tail.length - TAIL;
    const cut = safeCut(this.#tail, limit) ?? (this.#tail.length > LONGEST_TAIL ? limit : 0);
    this.#settled += redactedText(this.#tail.slice(0, cut));
    this.#tail = this.#tail.slice(cut);
  }
}

/** A complete text, masked. */
export const maskedText = (text: string): string => new GrowingMask().add(text);

/** The last index up to `limit` that no secret can cross. */
function safeCut(text: string, limit: number): number | undefined {
  for (let at = limit; at > Math.max(0, limit - LONG_TAIL); at--) {
    if (!isBlank(text, at) || isBlank(text, at - 1)) continue;
    const next = text.slice(at, at + TAIL).trimStart();
    if (next !== '' && !/^["'=:]/.test(next) && !mayIntroduceSecret(text.slice(Math.max(0, at - 12), at))) return at;
  }
  return undefined;
}

const isBlank = (text: string, at: number): boolean => text.charAt(at).trim() === '';
