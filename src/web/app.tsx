/** The page as a whole: its head, and one of the views. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { Fault } from './app/fault.tsx';
import { Notices } from './app/notices.tsx';
import { StartDialog } from './app/start-dialog.tsx';
import { panelId, tabId } from './app/tabs.tsx';
import { type Panel, TeamView } from './app/team-view.tsx';
import { TopBar } from './app/top-bar.tsx';
import { goTo, useRoute, useTokenInAddress } from './app/use-route.ts';
import { Grants } from './grants/grants.tsx';
import { useClient, useTeam } from './use-client.ts';

const Machines = lazy(async () => ({ default: (await import('./machines/machines.tsx')).Machines }));
const AgentGraph = lazy(async () => ({ default: (await import('./machines/agent-graph.tsx')).AgentGraph }));

export function App() {
  const { view, agentId } = useRoute();
  const signInProblem = useTokenInAddress(useClient());
  const first = useTeam(({ agentIds }) => agentIds[0]);
  const [isStarting, setStarting] = useState(false);
  const [panel, setPanel] = useState<Panel>(agentId === undefined ? 'agents' : 'thread');
  // the address may name an agent of an earlier run
  const isKnown = useTeam(({ agentIds }) => agentId !== undefined && agentIds.includes(agentId));
  const shown = isKnown ? agentId : first;
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
      <Notices signInProblem={signInProblem} />
      <main className="view">
        <div className="view-panel" role="tabpanel" id={panelId('view')} aria-labelledby={tabId('view', view)}>
          <Fault key={view}>
            <Suspense fallback={<p className="empty">Loading …</p>}>
              {view === 'team' && (
                <TeamView
                  agentId={shown}
                  panel={panel}
                  onPanel={setPanel}
                  onShowAgent={showAgent}
                  onShowMachines={(id) => goTo({ view: 'machines', agentId: id })}
                />
              )}
              {view === 'machines' && <Machines agentId={shown} onShowAgent={showAgent} />}
              {view === 'graph' && <AgentGraph onShowAgent={showAgent} />}
              {view === 'grants' && <Grants />}
            </Suspense>
          </Fault>
        </div>
      </main>
      {isStarting && <StartDialog onStarted={showAgent} onClose={() => setStarting(false)} />}
    </div>
  );
}

/** How many questions wait, where a tab that is not looked at shows it. */
function TitleCount() {
  const waiting = useTeam(({ relays }) => relays.length);
  useEffect(() => {
    document.title = waiting === 0 ? 'Greenroom' : `(${waiting}) Greenroom`;
  }, [waiting]);
  return null;
}
