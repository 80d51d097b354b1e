/** The agents of a team as a graph: agent → the call that started a subagent → the subagent. */
import {
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import '@xyflow/react/dist/base.css';
import { createContext, type FocusEvent, useContext, useEffect, useMemo, useRef } from 'react';
import type { ReadModel } from '../../client/index.ts';
import { agentMark } from '../team/agent-state.tsx';
import { visibleText } from '../../text/visible.ts';
import { useAgent, useClient, useTeam } from '../page-context.ts';
import { activityOf, pathText } from '../../read-model/words.ts';
import { graphLayout, makerOf } from './graph-layout.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './agent-graph.css';

export interface AgentGraphProps {
  readonly onShowAgent: (agentId: string) => void;
}

type AgentNode = Node<Record<string, never>, 'agent'>;
/** `makerId` is the agent that made the call. */
type CallNode = Node<{ readonly makerId: string }, 'call'>;
type AnyNode = AgentNode | CallNode;

const NODE_WIDTH = 176;
const NODE_HEIGHT = 48;

export function AgentGraph({ onShowAgent }: AgentGraphProps) {
  const agentIds = useTeam((team) => team.agentIds);
  const { readModel } = useClient();
  const graph = useMemo(() => graphOf(agentIds, readModel), [agentIds, readModel]);
  return (
    <section className="agent-graph" aria-labelledby="agent-graph-title">
      <h2 id="agent-graph-title">Agent graph</h2>
      {agentIds.length === 0 ? (
        <p className="agent-graph-empty">No agent yet.</p>
      ) : (
        <ShowAgent value={onShowAgent}>
          <ReactFlowProvider>
            <Canvas {...graph} />
          </ReactFlowProvider>
        </ShowAgent>
      )}
    </section>
  );
}

const ShowAgent = createContext<AgentGraphProps['onShowAgent']>(() => undefined);

interface Graph {
  readonly nodes: AnyNode[];
  readonly edges: Edge[];
}

function graphOf(agentIds: readonly string[], readModel: ReadModel): Graph {
  const agents = agentIds.flatMap((id) => readModel.row(id).get() ?? []);
  const known = new Set(agents.map(({ id }) => id));
  const { nodes, edges } = graphLayout(agents);
  const size = { width: NODE_WIDTH, height: NODE_HEIGHT };
  return {
    nodes: nodes.map(({ id, kind, x, y }): AnyNode => {
      const place = { id, position: { x, y }, ...size };
      if (kind === 'agent') return { ...place, type: 'agent', data: {} };
      return { ...place, type: 'call', data: { makerId: makerOf(id, known) ?? '' } };
    }),
    edges: edges.map((edge) => ({ ...edge, markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--muted, #777)' } })),
  };
}

function Canvas({ nodes, edges }: Graph) {
  const flow = useReactFlow();
  const wasMoved = useRef(false);
  // new agents: fit all of them again, unless the user has moved the view
  useEffect(() => {
    if (!wasMoved.current) void flow.fitView(FIT);
  }, [flow, nodes.length]);
  return (
    <div className="agent-graph-canvas">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        minZoom={0.05}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        proOptions={{ hideAttribution: true }}
        aria-label="Agents and the calls that made them"
        onMoveStart={(event) => {
          if (event !== null) wasMoved.current = true;
        }}
      >
        <Controls
          showInteractive={false}
          aria-label="Size of the graph"
          onFitView={() => {
            wasMoved.current = false;
          }}
        />
      </ReactFlow>
    </div>
  );
}

const FIT = { padding: 0.1, maxZoom: 1 };

function AgentBox({ id, positionAbsoluteX, positionAbsoluteY }: NodeProps<AgentNode>) {
  const agent = useAgent(id);
  const onShowAgent = useContext(ShowAgent);
  const flow = useReactFlow();
  if (agent === undefined) return null;
  const { word, sign, tone } = agentMark(agent);
  const activity = activityOf(agent);
  const told = activity !== '' && word === 'running' ? `${word}, ${activity}` : word;
  const bringIntoSight = ({ currentTarget }: FocusEvent<HTMLElement>) => {
    if (!currentTarget.matches(':focus-visible')) return;
    const [x, y] = [positionAbsoluteX + NODE_WIDTH / 2, positionAbsoluteY + NODE_HEIGHT / 2];
    void flow.setCenter(x, y, { zoom: Math.max(0.75, flow.getZoom()) });
  };
  return (
    <>
      <Ends />
      <button
        type="button"
        className={`agent-graph-agent agent-graph-${tone}`}
        aria-label={`${pathText(agent.path)}: ${told}`}
        onClick={() => onShowAgent(id)}
        onFocus={bringIntoSight}
      >
        <span className="agent-graph-name">{visibleText(agent.name)}</span>
        <span className="agent-graph-state">
          <span aria-hidden="true">{sign}</span> {told}
        </span>
      </button>
    </>
  );
}

function CallBox({ id, data: { makerId } }: NodeProps<CallNode>) {
  const call = useAgent(makerId)?.calls?.find((open) => open.id === id);
  return (
    <>
      <Ends />
      <span className="agent-graph-call">{call === undefined ? 'call, over' : `call: ${visibleText(call.tool)}`}</span>
    </>
  );
}

/** The ends of edges. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

const NODE_TYPES = { agent: AgentBox, call: CallBox };
