/**
 * A text that grows by pieces, without what looks like a secret: also one that came in two pieces, neither of which looked
 * like anything. Only the last part is looked at again for a new piece.
 */
import { redactedText } from '../../diagnostics/redact.ts';

/** Characters that a new piece may still change. */
const TAIL = 1000;
/** Beyond this the text is cut where no secret can reach across, and beyond the second anywhere. */
const LONG_TAIL = 4000;
const LONGEST_TAIL = 16_000;

export class GrowingMask {
  /** Nothing that comes changes it any more. */
  #settled = '';
  #tail = '';

  /** @returns All of the text so far, masked. */
  add(piece: string): string {
    for (let at = 0; at < piece.length; at += LONG_TAIL) {
      this.#tail += piece.slice(at, at + LONG_TAIL);
      if (this.#tail.length > LONG_TAIL) this.#settle();
    }
    return this.#settled + redactedText(this.#tail);
  }

  /** Forgets all but about the last `length` characters. */
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

/** A whole text, masked. */
export const maskedText = (text: string): string => new GrowingMask().add(text);

/** Behind this a blank may stand inside of what is masked: `token = …`, `Bearer …`. */
const GOES_ON = /(?:["'=:]|key|token|secret|password|passwd|bearer|basic)$/i;

/** The last place up to `limit` where no secret can reach across. */
function safeCut(text: string, limit: number): number | undefined {
  for (let at = limit; at > Math.max(0, limit - LONG_TAIL); at--) {
    if (!isBlank(text, at) || isBlank(text, at - 1)) continue;
    const next = text.slice(at, at + TAIL).trimStart();
    if (next !== '' && !/^["'=:]/.test(next) && !GOES_ON.test(text.slice(Math.max(0, at - 12), at))) return at;
  }
  return undefined;
}

const isBlank = (text: string, at: number): boolean => text.charAt(at).trim() === '';
