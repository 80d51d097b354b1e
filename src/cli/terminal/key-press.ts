/** The keys that mean something here, apart from how a terminal sends them. */

/** A key that is no character. */
export type NamedKey =
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backtab'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete'
  | 'eraseWord'
  | 'eraseLine'
  | 'interrupt';

/** One key: a character, or one that has a name. */
export type KeyPress = { readonly character: string } | { readonly name: NamedKey };
