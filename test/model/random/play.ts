/** Random plays: who is in them, what is allowed, and what happens in which order. Plain data, so that a failure can be shrunk and read. */
import * as fc from 'fast-check';
import type { DenyRule, Permissions, RelayAnswer, ToolPermission } from '../../../src/index.ts';

/** What a tool does when it runs. */
export type Deed =
  'ends' | 'takes time' | 'throws an error' | 'throws a text' | 'throws nothing' | 'gives nonsense' | 'hangs';

export type CallPlan =
  | { readonly tool: string; readonly item: string | number; readonly does: Deed }
  | { readonly tool: 'agent'; readonly plan: AgentPlan; readonly tools?: readonly string[] };

export interface TurnPlan {
  readonly calls: readonly CallPlan[];
  /** The provider fails the first time, or every time. */
  readonly fails?: 'once' | 'for good';
}

/** An agent, turn by turn; then it answers. */
export interface AgentPlan {
  readonly turns: readonly TurnPlan[];
}

export interface RootPlan extends AgentPlan {
  readonly permissions: Permissions;
  readonly maxDurationMs?: number;
}

/** One thing that happens. `pick` chooses among what there is then, in a circle. */
export type Move = { readonly pick: number } & (
  | { readonly kind: 'let in' | 'let all in' | 'answer late' | 'revoke' | 'kill' | 'say' | 'spawn' | 'cleanup' }
  | { readonly kind: 'answer'; readonly answer: RelayAnswer }
  | { readonly kind: 'pass'; readonly ms: number }
);

export interface Play {
  readonly policy: Pick<Permissions, 'deny' | 'allowlist'>;
  readonly onAsk: 'wait' | 'deny' | 'fail';
  /** The first is there from the beginning; the others come with a `spawn`. */
  readonly roots: readonly RootPlan[];
  /** Each with whether everything that follows from it happens before the next. */
  readonly moves: readonly (Move & { readonly rests: boolean })[];
  /** Goes on to its end, as far as it has one, before it is cleaned up. */
  readonly goesOn: boolean;
}

export const TOOLS = ['alpha', 'beta', 'gamma'] as const;
const ITEMS = ['a', 'b'] as const;

const tool = fc.constantFrom<string>(...TOOLS);
const item = fc.constantFrom<string>(...ITEMS);
const some = <T>(one: fc.Arbitrary<T>, maxLength: number) => fc.array(one, { maxLength });

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 2 });

const rule: fc.Arbitrary<ToolPermission> = fc.oneof(
  fc.record({ tool }),
  fc.record({ tool, params: fc.record({ item }) }),
);
const deny: fc.Arbitrary<DenyRule> = fc.oneof(
  { weight: 4, arbitrary: rule },
  {
    weight: 1,
    arbitrary: fc.record({ toolCallId: fc.constantFrom('t0c0', 't0c1', 't1c0'), reason: fc.constant('not this one') }),
  },
);
const hire: ToolPermission = { tool: 'agent' };

const permissions: fc.Arbitrary<Permissions> = fc.record(
  { deny: some(deny, 1), allowlist: some(rule, 2), allowOnce: some(rule, 3) },
  { requiredKeys: [] },
);

const policy = fc.record({
  deny: fc.oneof({ weight: 3, arbitrary: fc.constant<DenyRule[]>([]) }, { weight: 1, arbitrary: some(deny, 1) }),
  allowlist: fc.oneof(
    { weight: 4, arbitrary: fc.constant<ToolPermission[]>([hire]) },
    { weight: 1, arbitrary: rule.map((one) => [hire, one]) },
    { weight: 1, arbitrary: fc.constant<ToolPermission[]>([]) },
  ),
});

const deed = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Deed>('ends') },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Deed>(
      'takes time',
      'throws an error',
      'throws a text',
      'throws nothing',
      'gives nonsense',
      'hangs',
    ),
  },
);

const work = fc.oneof(
  { weight: 9, arbitrary: fc.record({ tool, item, does: deed }) },
  { weight: 1, arbitrary: fc.record({ tool: fc.constantFrom('alpha', 'nosuch'), item: fc.constant(7), does: deed }) },
);

const { agent } = fc.letrec<{ agent: AgentPlan; turn: TurnPlan; call: CallPlan }>((tie) => ({
  agent: fc.record({ turns: fc.array(tie('turn'), { minLength: 1, maxLength: 3, size: 'max' }) }),
  turn: fc.record(
    {
      calls: fc.array(tie('call'), { minLength: 1, maxLength: 4, size: 'max' }),
      fails: fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        { weight: 2, arbitrary: fc.constantFrom('once' as const, 'for good' as const) },
      ),
    },
    { requiredKeys: ['calls'] },
  ) as fc.Arbitrary<TurnPlan>,
  call: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'agents' },
    { weight: 4, arbitrary: work },
    {
      weight: 1,
      arbitrary: fc.record(
        {
          tool: fc.constant('agent' as const),
          plan: tie('agent'),
          tools: maybe(fc.subarray<string>([...TOOLS, 'agent'], { minLength: 1 })),
        },
        { requiredKeys: ['tool', 'plan'] },
      ) as fc.Arbitrary<CallPlan>,
    },
  ),
}));

const root = fc
  .tuple(agent, permissions, fc.oneof(fc.constant(undefined), fc.integer({ min: 200, max: 3000 })))
  .map(([plan, own, maxDurationMs]): RootPlan => {
    return { ...plan, permissions: own, ...(maxDurationMs === undefined ? {} : { maxDurationMs }) };
  });

const always = fc.oneof(
  fc.constant(true),
  fc.record({ uses: fc.constant(1) }),
  fc.record(
    {
      scope: fc.constantFrom('all' as const, 'subtree' as const, 'agent' as const),
      uses: fc.integer({ min: 1, max: 2 }),
      expiresInMs: fc.integer({ min: 1, max: 400 }),
    },
    { requiredKeys: [] },
  ),
);

const answer: fc.Arbitrary<RelayAnswer> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<RelayAnswer>({ approved: true }) },
  { weight: 4, arbitrary: always.map((given): RelayAnswer => ({ approved: true, always: given })) },
  { weight: 2, arbitrary: fc.constant<RelayAnswer>({ approved: false, reason: 'no' }) },
  {
    weight: 2,
    arbitrary: fc.record({ item, does: deed }).map((input): RelayAnswer => ({ approved: true, input })),
  },
  { weight: 1, arbitrary: fc.constant<RelayAnswer>({ approved: true, input: { item: 7 } }) },
);

const pick = fc.nat(30);
const plain = (
  ...kinds: readonly ('let in' | 'let all in' | 'answer late' | 'revoke' | 'kill' | 'say' | 'spawn' | 'cleanup')[]
) => fc.record({ kind: fc.constantFrom(...kinds), pick });

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: plain('let in') },
  { weight: 4, arbitrary: plain('let all in') },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick, answer }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), pick, ms: fc.integer({ min: 1, max: 400 }) }),
  },
  { weight: 4, arbitrary: plain('answer late', 'revoke', 'say', 'spawn') },
  { weight: 2, arbitrary: plain('kill') },
);

export const plays: fc.Arbitrary<Play> = fc.record({
  policy,
  onAsk: fc.oneof(
    { weight: 8, arbitrary: fc.constant('wait' as const) },
    { weight: 1, arbitrary: fc.constantFrom('deny' as const, 'fail' as const) },
  ),
  roots: fc.array(root, { minLength: 1, maxLength: 3 }),
  moves: fc.array(
    fc
      .tuple(
        fc.oneof({ weight: 100, arbitrary: move }, { weight: 1, arbitrary: plain('cleanup') }),
        fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      )
      .map(([one, rests]) => ({ ...one, rests })),
    { minLength: 10, maxLength: 60, size: 'max' },
  ),
  goesOn: fc.boolean(),
});
