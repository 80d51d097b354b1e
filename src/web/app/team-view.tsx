/** The team: its tree, the thread of one agent, and the inbox; side by side where there is room, else one at a time. */
import { type ReactNode, useRef, useState } from 'react';
import { Inbox } from '../inbox/inbox.tsx';
import { useTeam } from '../use-client.ts';
import { Agents } from './agents.tsx';
import { Fault } from './fault.tsx';
import { PastProvider, PlacedProvider, usePlacedAgents } from './page-context.ts';
import { PastQuestions } from './past-questions.tsx';
import { type Moment, Scrubber } from './scrubber.tsx';
import { panelId, Tabs } from './tabs.tsx';
import { Thread } from './thread.tsx';
import { useMedia } from './use-media.ts';
import { useStateAt } from './use-state-at.ts';

export interface TeamViewProps {
  readonly agentId: string | undefined;
  /** The panel shown where there is room for one. */
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly onShowAgent: (agentId: string) => void;
  readonly onShowMachines: (agentId: string) => void;
}

export type Panel = 'agents' | 'thread' | 'inbox';

const NARROW = '(max-width: 999px)';

export function TeamView({ agentId, panel, onPanel, onShowAgent, onShowMachines }: TeamViewProps) {
  const [moment, setMoment] = useState<Moment>();
  const { past, problem } = useStateAt(moment?.seq);
  const waiting = useTeam(({ relays }) => relays.length);
  const thread = useRef<HTMLElement>(null);
  /** The button that was pressed is gone with its thread, so the focus goes to the next thread. */
  const showMade = (id: string) => {
    onShowAgent(id);
    thread.current?.focus();
  };
  const isNarrow = useMedia(NARROW);
  const isShown = (name: Panel) => !isNarrow || panel === name;
  const titles: Readonly<Record<Panel, string>> = {
    agents: 'Agents',
    thread: 'Thread',
    inbox: waiting === 0 ? 'Inbox' : `Inbox (${waiting})`,
  };
  const panels = (['agents', 'thread', 'inbox'] as const).map((id) => ({ id, title: titles[id] }));
  return (
    <PastProvider value={past}>
      <Placing>
        <Scrubber moment={moment} onMove={setMoment} />
        {moment !== undefined && (
          <p className="banner" role="status">
            {problem ??
              `You are looking at the past: entry ${moment.seq} of ${moment.of}. Nothing can be changed there.`}
          </p>
        )}
        {isNarrow && <Tabs label="Panels" name="team" tabs={panels} selected={panel} onSelect={onPanel} />}
        <div
          className="team"
          inert={moment !== undefined && past === undefined}
          {...(isNarrow && { id: panelId('team'), role: 'tabpanel', 'aria-label': titles[panel] })}
        >
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
              <p className="empty">Here you read what the selected agent says and does.</p>
            ) : (
              <Fault key={`${agentId} ${past?.seq ?? 'now'}`}>
                <Thread agentId={agentId} asOf={past?.seq} onShowAgent={showMade} onShowMachines={onShowMachines} />
              </Fault>
            )}
          </section>
          {/* no key may answer a question that is not on the screen: out of sight, there is no inbox */}
          {isShown('inbox') && (
            <div className="panel-inbox">
              {past !== undefined && <PastQuestions past={past} />}
              {moment === undefined && (
                <Fault>
                  <Inbox onShowAgent={onShowAgent} />
                </Fault>
              )}
            </div>
          )}
        </div>
      </Placing>
    </PastProvider>
  );
}

const Placing = ({ children }: { readonly children: ReactNode }) => (
  <PlacedProvider value={usePlacedAgents()}>{children}</PlacedProvider>
);
