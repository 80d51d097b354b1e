/** The rows of the comparison: what is measured, at which sizes, and which subjects can do it. */

export const SUBJECTS = {
  greenroom: 'Greenroom',
  ai: 'ai',
  'openai-agents': '@openai/agents',
  langgraph: 'LangGraph',
  mastra: 'Mastra',
  subjects: 'RxJS merge + reader',
  loop: 'bare loop',
  race: 'naive race',
} as const;
export type SubjectName = keyof typeof SUBJECTS;

const PEERS = ['ai', 'openai-agents', 'langgraph', 'mastra'] as const;
const ALL: readonly SubjectName[] = ['greenroom', ...PEERS];

export interface Row {
  readonly id: string;
  /** `#` stands for the size. */
  readonly title: string;
  readonly sizes: readonly number[];
  /** For a quick look that the bench works. */
  readonly smallSizes: readonly number[];
  readonly subjects: readonly SubjectName[];
  /** The figure that the table shows, and how: a divisor, and the unit that results. */
  readonly figure: string;
  readonly divisor?: number;
  readonly unit: string;
  /** Shown behind the figure. */
  readonly also?: { readonly figure: string; readonly divisor?: number; readonly unit: string };
  readonly moreIsBetter?: boolean;
  /** Rounds at most: for rows whose processes take a minute each. */
  readonly maxRounds?: number;
  /** Compared with this subject instead of the best peer. */
  readonly against?: SubjectName;
  /** Why the others have no figure. */
  readonly others?: string;
}

export const ROWS: readonly Row[] = [
  {
    id: 'turn',
    title: 'a turn with one call, streamed, in a run of # turns',
    sizes: [6, 51, 201],
    smallSizes: [6],
    subjects: ALL,
    figure: 'cpu',
    unit: 'ms CPU',
    against: 'ai',
  },
  {
    id: 'agents',
    title: '# agents at once, 6 turns each, a 10 ms model: a turn',
    sizes: [1000],
    smallSizes: [20],
    subjects: ALL,
    figure: 'cpu',
    unit: 'ms CPU',
    also: { figure: 'wall', divisor: 1000, unit: 's in all' },
  },
  {
    id: 'deltas',
    title: '# agents that stream 1,000 deltas each: a delta',
    sizes: [100],
    smallSizes: [5],
    subjects: ALL,
    figure: 'cpu',
    unit: 'µs CPU',
  },
  {
    id: 'merge',
    title: 'events in one stream with one reader, agents: #',
    sizes: [1, 100, 1000, 10_000],
    smallSizes: [1, 100],
    subjects: ['greenroom', 'subjects', 'loop', 'race'],
    figure: 'rate',
    unit: 'k per CPU s',
    also: { figure: 'gap', unit: 'longest gap' },
    moreIsBetter: true,
    against: 'subjects',
    others: 'no common stream: the application merges',
  },
  {
    id: 'approve',
    title: 'ask, approve, resume, end',
    sizes: [1],
    smallSizes: [1],
    subjects: ALL,
    figure: 'cpu',
    unit: 'ms CPU',
  },
  {
    id: 'waiting',
    title: '# runs that wait for an answer: heap of one',
    sizes: [10_000],
    smallSizes: [50],
    subjects: ALL,
    figure: 'bytes',
    divisor: 1000,
    unit: 'kB',
    maxRounds: 3,
    also: { figure: 'cpu', unit: 'ms CPU to get there' },
  },
  {
    id: 'always',
    title: 'release # waiting runs at once: longest stall',
    sizes: [1000, 10_000],
    smallSizes: [50],
    subjects: ALL,
    figure: 'stall',
    unit: 'ms',
    maxRounds: 3,
    also: { figure: 'cpu', divisor: 1000, unit: 's CPU in all' },
  },
  {
    id: 'cleanup',
    title: 'end # waiting runs',
    sizes: [10_000],
    smallSizes: [50],
    subjects: ['greenroom'],
    figure: 'cpu',
    divisor: 1000,
    unit: 's CPU',
    maxRounds: 3,
    others: 'a waiting run is data that the application drops',
  },
  {
    id: 'decide',
    title: 'a decision about a shell command under # grants',
    sizes: [10, 1000, 10_000],
    smallSizes: [10],
    subjects: ['greenroom'],
    figure: 'cpu',
    unit: 'µs',
    others: 'no grants: the application decides',
  },
  {
    id: 'journal',
    title: 'a turn in a run of # turns, each fact on the disk',
    sizes: [51],
    smallSizes: [6],
    subjects: ['greenroom'],
    figure: 'cpu',
    unit: 'ms CPU',
    others: 'not measured: stores are packages of their own',
  },
  {
    id: 'import',
    title: 'import of the library',
    sizes: [1],
    smallSizes: [1],
    subjects: ALL,
    figure: 'cpu',
    unit: 'ms CPU',
    against: 'ai',
  },
];

/** What the row `import` loads, by subject. */
export const IMPORTS: Readonly<Record<string, string>> = {
  greenroom: '../../dist/index.js',
  ai: 'ai',
  'openai-agents': '@openai/agents',
  langgraph: 'langchain',
  mastra: '@mastra/core/agent',
};
