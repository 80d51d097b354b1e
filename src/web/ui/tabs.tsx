/** Tabs: one is selected; the arrow keys, Home and End move between them. */
import type { KeyboardEvent } from 'react';

export interface TabsProps<T extends string> {
  readonly label: string;
  /** Prefix of the ids: a tab is `<name>-<id>`, the panel it shows `<name>-panel`. */
  readonly name: string;
  readonly tabs: readonly { readonly id: T; readonly title: string }[];
  readonly selected: T;
  readonly onSelect: (id: T) => void;
}

export const tabId = (name: string, id: string): string => `${name}-${id}`;
export const panelId = (name: string): string => `${name}-panel`;

export function Tabs<T extends string>({ label, name, tabs, selected, onSelect }: TabsProps<T>) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1 + tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const next = step === undefined ? undefined : tabs[step % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next.id);
    document.querySelector<HTMLElement>(`#${CSS.escape(tabId(name, next.id))}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={tabId(name, id)}
          className="tab"
          aria-selected={id === selected}
          aria-controls={panelId(name)}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
