/** The team view: agents, the thread of one agent, and the inbox; side by side, or one at a time on a narrow page. */
import { type ReactNode, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Inbox } from '../inbox/inbox.tsx';
import { PastProvider, PlacedProvider, usePlacedAgents, useTeam } from '../page-context.ts';
import { Thread } from '../thread/thread.tsx';
import { Fault } from '../ui/fault.tsx';
import { panelId, Tabs } from '../ui/tabs.tsx';
import { Agents } from './agents.tsx';
import { HistorySlider, type Moment, PastQuestions, useStateAt } from './history.tsx';

export interface TeamViewProps {
  readonly agentId: string | undefined;
  /** The panel that a narrow page shows. */
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly onShowAgent: (agentId: string) => void;
  readonly onShowMachines: (agentId: string) => void;
}

export type Panel = 'agents' | 'thread' | 'inbox';

const NARROW = '(max-width: 999px)';

export function TeamView(props: TeamViewProps) {
  const { panel, onPanel } = props;
  const [moment, setMoment] = useState<Moment>();
  const { past, problem } = useStateAt(moment?.seq);
  const waiting = useTeam(({ relays }) => relays.length);
  const isNarrow = useMedia(NARROW);
  const titles: Readonly<Record<Panel, string>> = {
    agents: 'Agents',
    thread: 'Thread',
    inbox: waiting === 0 ? 'Inbox' : `Inbox (${waiting})`,
  };
  const panels = (['agents', 'thread', 'inbox'] as const).map((id) => ({ id, title: titles[id] }));
  return (
    <PastProvider value={past}>
      <Placed>
        <HistorySlider moment={moment} onMove={setMoment} />
        {moment !== undefined && (
          <p className="banner" role="status">
            {problem ?? `You are viewing entry ${moment.seq} of ${moment.of}. The past cannot be changed.`}
          </p>
        )}
        {isNarrow && <Tabs label="Panels" name="team" tabs={panels} selected={panel} onSelect={onPanel} />}
        <div
          className="team"
          inert={moment !== undefined && past === undefined}
          {...(isNarrow && { id: panelId('team'), role: 'tabpanel', 'aria-label': titles[panel] })}
        >
          <Panels {...props} isLive={moment === undefined} past={past} shown={isNarrow ? panel : 'all'} />
        </div>
      </Placed>
    </PastProvider>
  );
}

interface PanelsProps extends TeamViewProps {
  readonly isLive: boolean;
  readonly past: ReturnType<typeof useStateAt>['past'];
  readonly shown: Panel | 'all';
}

function Panels({ agentId, onShowAgent, onShowMachines, isLive, past, shown }: PanelsProps) {
  const thread = useRef<HTMLElement>(null);
  const isShown = (name: Panel) => shown === 'all' || shown === name;
  /** The pressed button disappears with its thread, so the focus moves to the next thread. */
  const showStarted = (id: string) => {
    onShowAgent(id);
    thread.current?.focus();
  };
  return (
    <>
      <section className="panel panel-agents" aria-label="Team" hidden={!isShown('agents')}>
        <h2 className="panel-title">Agents</h2>
        <Fault>
          <Agents selected={agentId} onSelect={onShowAgent} />
        </Fault>
      </section>
      <section
        ref={thread}
        className="panel panel-thread"
        aria-label="Thread"
        tabIndex={-1}
        hidden={!isShown('thread')}
      >
        {agentId === undefined ? (
          <p className="empty">The messages and calls of the selected agent appear here.</p>
        ) : (
          <Fault key={`${agentId} ${past?.seq ?? 'now'}`}>
            <Thread agentId={agentId} asOf={past?.seq} onShowAgent={showStarted} onShowMachines={onShowMachines} />
          </Fault>
        )}
      </section>
      {/* a key must not answer a question that is out of sight: a hidden inbox is not drawn */}
      {isShown('inbox') && (
        <div className="panel-inbox">
          {past !== undefined && <PastQuestions past={past} />}
          {isLive && (
            <Fault>
              <Inbox onShowAgent={onShowAgent} />
            </Fault>
          )}
        </div>
      )}
    </>
  );
}

const Placed = ({ children }: { readonly children: ReactNode }) => (
  <PlacedProvider value={usePlacedAgents()}>{children}</PlacedProvider>
);

/** Whether a media query matches. */
function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  return useSyncExternalStore(
    (listener) => {
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => list.matches,
  );
}
