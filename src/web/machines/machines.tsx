/** The machines of a team: the chart of one, its active states and its last transitions. */
import { Fragment, useId, useState } from 'react';
import type { AgentSummary } from '../../events.ts';
import type { ActorState } from '../../server/index.ts';
import { visibleText } from '../../text/visible.ts';
import { pathText } from '../../read-model/words.ts';
import { useAgent } from '../page-context.ts';
import { ChartView } from './chart-view.tsx';
import { useActor } from './use-machine.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './machines.css';

export interface MachinesProps {
  readonly agentId: string | undefined;
  readonly onShowAgent: (agentId: string) => void;
}

const ORCHESTRATOR = 'orchestrator';

interface Actor {
  readonly id: string;
  readonly title: string;
}

export function Machines({ agentId, onShowAgent }: MachinesProps) {
  const agent = useAgent(agentId ?? '');
  const [chosen, setChosen] = useState<Actor & { readonly agentId: string | undefined }>();
  const picker = useId();
  const actors = actorsOf(agent);
  // a choice lasts while its agent is selected, also after the end of the call; another agent starts with its own machine
  const isKept = chosen !== undefined && chosen.agentId === agentId;
  const isOver = isKept && actors.every(({ id }) => id !== chosen.id);
  const shown = isKept ? chosen.id : (agent?.id ?? ORCHESTRATOR);
  const state = useActor(shown, agent?.id);
  return (
    <section className="machines" aria-labelledby={`${picker}-title`}>
      <h2 id={`${picker}-title`}>Machines</h2>
      <p className="machine-picker">
        <label htmlFor={picker}>Machine of</label>
        <select
          id={picker}
          value={shown}
          onChange={({ target }) => {
            const actor = actors.find(({ id }) => id === target.value);
            if (actor !== undefined) setChosen({ ...actor, agentId });
          }}
        >
          {actors.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
          {isOver && <option value={chosen.id}>{chosen.title} (over)</option>}
        </select>
        {agent !== undefined && (
          <button type="button" onClick={() => onShowAgent(agent.id)}>
            Show {pathText(agent.path)}
          </button>
        )}
      </p>
      {state === 'unknown' && <p role="status">This machine is not known: it ended long ago, or in an earlier run.</p>}
      {state !== undefined && state !== 'unknown' && <Machine key={state.id} actor={state} />}
    </section>
  );
}

function actorsOf(agent: AgentSummary | undefined): readonly Actor[] {
  const orchestrator = { id: ORCHESTRATOR, title: ORCHESTRATOR };
  if (agent === undefined) return [orchestrator];
  const calls = (agent.calls ?? []).map(({ id, tool, running }) => ({
    id,
    title: `call of ${pathText([agent.name])}: ${visibleText(tool)}, ${running ? 'running' : 'not started'} (${id.slice(-8)})`,
  }));
  return [orchestrator, { id: agent.id, title: `agent ${pathText(agent.path)}` }, ...calls];
}

function Machine({ actor }: { readonly actor: ActorState }) {
  return (
    <div className="machine">
      <ChartView actor={actor} />
      <div className="machine-side">
        <Now actor={actor} />
        <Transitions actor={actor} />
      </div>
    </div>
  );
}

function Now({ actor: { machine, active } }: { readonly actor: ActorState }) {
  return (
    <div className="machine-now">
      <h3>State now</h3>
      <ul aria-label={`Active states of the ${machine} machine`}>
        {active.map((state) => (
          <li key={state}>
            <code>{state}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Transitions({ actor: { transitions } }: { readonly actor: ActorState }) {
  if (transitions.length === 0) return <p className="machine-none">No transition yet.</p>;
  return (
    <div className="machine-transitions" role="region" aria-label="Last transitions, scrollable" tabIndex={0}>
      <table>
        <caption>Last transitions</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {transitions.toReversed().map(({ at, event, from, to }, index) => (
            <tr key={transitions.length - index}>
              <td>
                <time dateTime={new Date(at).toISOString()}>{clockText(at)}</time>
              </td>
              <td>
                <Names states={[event]} />
              </td>
              <td>
                <Names states={leavesOf(from)} />
              </td>
              <td>
                <Names states={leavesOf(to)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Dotted names, which may be broken after a dot. */
function Names({ states }: { readonly states: readonly string[] }) {
  const parts = states.join(', ').split('.');
  return (
    <code>
      {parts.map((part, at) => (
        <Fragment key={at}>
          {part}
          {at < parts.length - 1 && '.'}
          <wbr />
        </Fragment>
      ))}
    </code>
  );
}

/** The innermost of the active states; the others follow from them. */
const leavesOf = (states: readonly string[]): readonly string[] =>
  states.filter((state) => states.every((other) => !other.startsWith(`${state}.`)));

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

const clockText = (at: number): string => clock.format(at);
