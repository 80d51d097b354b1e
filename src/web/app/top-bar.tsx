/** The head of the page: where one is, how the line to the server is, what waits, and the ways to begin. */
import { useConnection, useTeam } from '../use-client.ts';
import { type View, VIEWS } from './route.ts';
import { Tabs } from './tabs.tsx';
import { chooseTheme, useTheme } from './theme.ts';
import { connectionText } from './words.ts';

const TITLES: Readonly<Record<View, string>> = { team: 'Team', machines: 'Machines', graph: 'Graph', grants: 'Grants' };
const TABS = VIEWS.map((id) => ({ id, title: TITLES[id] }));

export interface TopBarProps {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onShowInbox: () => void;
  readonly onStart: () => void;
}

export function TopBar({ view, onView, onShowInbox, onStart }: TopBarProps) {
  const connection = useConnection();
  const waiting = useTeam(({ relays }) => relays.length);
  const theme = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header className="top">
      <h1 className="brand">Greenroom</h1>
      <Tabs label="Views" name="view" tabs={TABS} selected={view} onSelect={onView} />
      <div className="top-end">
        <span className={`connection connection-${connection}`} role="status" aria-label="Connection">
          {connectionText(connection)}
        </span>
        <button type="button" className={waiting > 0 ? 'waiting waiting-some' : 'waiting'} onClick={onShowInbox}>
          {waiting === 0 ? 'No questions' : waiting === 1 ? '1 question' : `${waiting} questions`}
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={`Switch to ${other} theme`}
          title={`Switch to ${other} theme`}
          onClick={() => chooseTheme(other)}
        >
          <span aria-hidden="true">{theme === 'dark' ? '☀' : '☾'}</span>
        </button>
        <button type="button" className="primary" onClick={onStart}>
          Start
        </button>
      </div>
    </header>
  );
}
