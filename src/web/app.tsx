/** The page: its top bar and the open view. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { Grants } from './grants/grants.tsx';
import { useClient, useTeam } from './page-context.ts';
import { ConnectionNotice } from './shell/connection.tsx';
import { goTo, useRoute, useTokenInAddress, type View } from './shell/route.ts';
import { StartDialog } from './shell/start-dialog.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { type Panel, TeamView } from './team/team-view.tsx';
import { Fault } from './ui/fault.tsx';
import { panelId, tabId } from './ui/tabs.tsx';

const Machines = lazy(async () => ({ default: (await import('./machines/machines.tsx')).Machines }));
const AgentGraph = lazy(async () => ({ default: (await import('./machines/agent-graph.tsx')).AgentGraph }));

export function App() {
  const { view, agentId } = useRoute();
  const signInProblem = useTokenInAddress(useClient());
  const [isStarting, setStarting] = useState(false);
  const [panel, setPanel] = useState<Panel>(agentId === undefined ? 'agents' : 'thread');
  const showAgent = (id: string) => {
    setPanel('thread');
    goTo({ view: 'team', agentId: id });
  };
  return (
    <div className="page">
      <TitleCount />
      <TopBar
        view={view}
        onView={(next) => goTo({ view: next, agentId })}
        onShowInbox={() => {
          setPanel('inbox');
          goTo({ view: 'team', agentId });
        }}
        onStart={() => setStarting(true)}
      />
      <ConnectionNotice signInProblem={signInProblem} />
      <main className="view">
        <div className="view-panel" role="tabpanel" id={panelId('view')} aria-labelledby={tabId('view', view)}>
          <Fault key={view}>
            <Suspense fallback={<p className="empty">Loading …</p>}>
              <OpenView view={view} agentId={agentId} panel={panel} onPanel={setPanel} onShowAgent={showAgent} />
            </Suspense>
          </Fault>
        </div>
      </main>
      {isStarting && <StartDialog onStarted={showAgent} onClose={() => setStarting(false)} />}
    </div>
  );
}

interface OpenViewProps {
  readonly view: View;
  readonly agentId: string | undefined;
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly onShowAgent: (agentId: string) => void;
}

function OpenView({ view, agentId, panel, onPanel, onShowAgent }: OpenViewProps) {
  // the address may name an agent of an earlier run
  const isKnown = useTeam(({ agentIds }) => agentId !== undefined && agentIds.includes(agentId));
  const first = useTeam(({ agentIds }) => agentIds[0]);
  const shown = isKnown ? agentId : first;
  switch (view) {
    case 'team':
      return (
        <TeamView
          agentId={shown}
          panel={panel}
          onPanel={onPanel}
          onShowAgent={onShowAgent}
          onShowMachines={(id) => goTo({ view: 'machines', agentId: id })}
        />
      );
    case 'machines':
      return <Machines agentId={shown} onShowAgent={onShowAgent} />;
    case 'graph':
      return <AgentGraph onShowAgent={onShowAgent} />;
    case 'grants':
      return <Grants />;
    default:
      return view satisfies never;
  }
}

/** Shows the number of waiting questions in the title of the tab. */
function TitleCount() {
  const waiting = useTeam(({ relays }) => relays.length);
  useEffect(() => {
    document.title = waiting === 0 ? 'Greenroom' : `(${waiting}) Greenroom`;
  }, [waiting]);
  return null;
}
