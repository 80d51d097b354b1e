/** The head of the page: views, connection, waiting questions, theme, and the Start button. */
import { useTeam } from '../page-context.ts';
import { Tabs } from '../ui/tabs.tsx';
import { ConnectionStatus } from './connection.tsx';
import { type View, VIEWS } from './route.ts';
import { chooseTheme, useTheme } from './theme.ts';

const TITLES: Readonly<Record<View, string>> = { team: 'Team', machines: 'Machines', graph: 'Graph', grants: 'Grants' };
const TABS = VIEWS.map((id) => ({ id, title: TITLES[id] }));

export interface TopBarProps {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onShowInbox: () => void;
  readonly onStart: () => void;
}

export function TopBar({ view, onView, onShowInbox, onStart }: TopBarProps) {
  const waiting = useTeam(({ relays }) => relays.length);
  return (
    <header className="top">
      <h1 className="brand">Greenroom</h1>
      <Tabs label="Views" name="view" tabs={TABS} selected={view} onSelect={onView} />
      <div className="top-end">
        <ConnectionStatus />
        <button type="button" className={waiting > 0 ? 'waiting waiting-some' : 'waiting'} onClick={onShowInbox}>
          {waiting === 0 ? 'No questions' : waiting === 1 ? '1 question' : `${waiting} questions`}
        </button>
        <ThemeButton />
        <button type="button" className="primary" onClick={onStart}>
          Start
        </button>
      </div>
    </header>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Switch to ${other} theme`}
      title={`Switch to ${other} theme`}
      onClick={() => chooseTheme(other)}
    >
      <span aria-hidden="true">{theme === 'dark' ? '☀' : '☾'}</span>
    </button>
  );
}
