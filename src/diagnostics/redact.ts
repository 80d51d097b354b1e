/** Redacts secrets: by the name of a field, and by their form. */

const NAMES = /token|secret|api_?key|authorization|password|passwd|cookie|credential/i;
/** `key`, `ACCESS_KEY` and `privateKey`, but not `monkey`. */
const KEY_NAMES = /(?:^|[_-])key$|[a-z]Key$|(?:^|[_-])KEY$/;
const LOOKS =
  /\b(?:sk-[\w-]{8,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,1000}\.[\w-]{1,8000}\.[\w-]*)|\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/g;
const WORDS = 'key|token|secret|password|passwd';
/** `name=value` and `name: value` inside a text. Repetitions are bounded: a long run of blanks must not cost quadratic time. */
const NAMED = new RegExp(`((?:${WORDS})["']?[ \\t]{0,8}[=:][ \\t]{0,8}["']?)[^\\s"'&]{4,}`, 'gi');
const INTRODUCTION = new RegExp(`(?:["'=:]|${WORDS}|bearer|basic)$`, 'i');
/** Replaces a secret. */
export const REDACTED = '[redacted]';
const MAX_DEPTH = 8;

/** Redacts everything in a text that looks like a key. */
export function redactedText(text: string): string {
  return text
    .replace(LOOKS, (_found, scheme: string | undefined) => (scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`))
    .replace(NAMED, `$1${REDACTED}`);
}

/** Whether a blank after this text may be part of a secret, as in `token = …` and `Bearer …`. */
export const mayIntroduceSecret = (text: string): boolean => INTRODUCTION.test(text.slice(-12));

/** Redacts the fields of a log line. */
export function redactedFields(fields: object): object {
  const clean = redacted(fields);
  return typeof clean === 'object' && clean !== null ? clean : { fields: clean };
}

/** A copy without secrets; never throws. */
function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}` : value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  try {
    if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
    if (value instanceof Error) return { type: value.name, message: redactedText(value.message) };
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        isSecret(name, inner) ? REDACTED : redacted(inner, depth + 1),
      ]),
    );
  } catch {
    return '[unreadable]';
  }
}

/** Whether a field of this name holds a secret. Numbers and booleans are never secrets (`maxTokens`). */
export function isSecret(name: string, value: unknown): boolean {
  return (
    (NAMES.test(name) || KEY_NAMES.test(name)) &&
    value !== undefined &&
    value !== null &&
    !['number', 'boolean'].includes(typeof value)
  );
}
