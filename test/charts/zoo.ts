/** Machines that have everything a chart can meet, and names that try to break out of it. */
import {
  and,
  type AnyStateMachine,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  log,
  not,
  or,
  raise,
  sendTo,
  setup,
  spawnChild,
  stateIn,
  stopChild,
} from 'xstate';

const idle = fromPromise(() => Promise.resolve());
function countUp() {
  return undefined;
}

export const zoo: Readonly<Record<string, AnyStateMachine>> = {
  parallel: createMachine({
    id: 'player',
    type: 'parallel',
    description: 'Two things at once.',
    on: { reset: '.sound', mute: '.sound.off' },
    onDone: { actions: 'celebrate' },
    states: {
      sound: {
        initial: 'on',
        onDone: '#player',
        states: {
          on: { on: { toggle: 'off' } },
          off: { on: { toggle: 'on', end: 'ended' } },
          ended: { type: 'final' },
        },
      },
      picture: {
        initial: { target: 'small', actions: 'measure' },
        on: { both: { target: ['.large', '#player.sound.on'] } },
        states: {
          small: { on: { grow: { target: ['large', '#player.sound.off'] } } },
          large: { on: { again: '#player', fresh: { target: '#player.picture', reenter: true } } },
        },
      },
      clock: {},
    },
  }),
  history: createMachine({
    id: 'editor',
    initial: 'editing',
    states: {
      editing: {
        initial: 'text',
        on: { restart: { target: 'editing', reenter: true }, jump: '.code' },
        states: {
          text: { on: { next: 'code' } },
          code: { initial: 'typing', states: { typing: { on: { up: '#editor.editing' } } } },
          last: { type: 'history', history: 'shallow', target: 'code.typing' },
          deep: { type: 'history', history: 'deep', target: '#editor.editing.code' },
          plain: { history: true },
        },
      },
      paused: { on: { resume: 'editing.last', deeply: 'editing.deep', plainly: 'editing.plain' } },
    },
    on: { pause: '.paused' },
  }),
  transitions: createMachine({
    id: 'all',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        tags: ['busy', 'shown'],
        entry: [raise({ type: 'tick' }), 'named', { type: 'withParams', params: { depth: 2, fn: () => 1 } }, countUp],
        exit: [cancel('tick'), () => undefined],
        after: { 1000: 'b', slow: [{ target: 'c', guard: 'late', actions: 'warn' }, { actions: 'wait' }] },
        always: [
          { guard: and(['one', or(['two', not('three')])]), target: 'b' },
          { guard: stateIn('a'), actions: 'x' },
        ],
        on: {
          self: 'a',
          anew: { target: 'a', reenter: true },
          stay: { actions: assign({ n: 1 }) },
          nothing: {},
          '*': { target: 'c', guard: () => true },
          'done.*': [{ target: 'b', guard: { type: 'enough', params: { n: 1 } } }, { target: 'c' }],
        },
      },
      b: {
        invoke: [
          { src: 'load', onDone: { target: 'c', actions: 'keep' }, onError: 'a', onSnapshot: { actions: 'watch' } },
          { id: 'second', src: 'load', onDone: 'd' },
          { src: idle, onError: { actions: log('failed') } },
          { id: 'machine', src: createMachine({ id: 'inner' }), onDone: 'a' },
        ],
      },
      c: {
        entry: [
          sendTo('machine', { type: 'hello' }),
          emit({ type: 'shout' }),
          spawnChild('load'),
          stopChild('second'),
          enqueueActions(() => undefined),
        ],
        on: { 'xstate.done.actor.second': 'd' },
      },
      d: { type: 'final', output: 1, exit: { type: 'bye' } },
    },
  }),
  routes: createMachine({
    id: 'routes',
    initial: 'home',
    states: { home: { id: 'home', route: {} }, shop: { id: 'shop', route: { guard: 'isOpen' } } },
  }),
  'a single state': createMachine({ id: 'alone', on: { hello: { actions: 'wave' }, again: '#alone' }, entry: 'rise' }),
  'a single final state': createMachine({ type: 'final', description: 'No more.' }),
  empty: createMachine({}),
  'an empty parallel state': createMachine({ type: 'parallel', states: {} }),
  'set up': setup({
    actions: { greet: ({ self }, params: { name: string }) => [self, params] },
    guards: { isMorning: () => true },
    delays: { night: 1 },
    actors: { sleeper: idle },
  }).createMachine({
    id: 'day',
    initial: 'up',
    context: () => ({}),
    output: () => 1,
    states: {
      up: {
        invoke: { src: 'sleeper', input: () => undefined, onDone: { target: 'down', guard: 'isMorning' } },
        after: { night: { target: 'down', actions: { type: 'greet', params: () => ({ name: 'you' }) } } },
      },
      down: {},
    },
  }),
};

/** What names and descriptions may hold. */
export const hostileNames: readonly string[] = [
  'quotes " and \' and ` end',
  'line\nfeed\r\nand\ttab',
  '<script>alert(1)</script> & <b>bold</b> &lt; &amp;',
  'a --> b: c',
  '} state x { y }',
  '"] ; n0 -> n1 ; [label="',
  ']]><!-- comment --> <![CDATA[',
  '%% comment %%{init: {"theme":"dark"}}%%',
  'direction TB',
  'DIRECTION  LR',
  ':::hot ; classDef hot fill:#f00;',
  'style x fill:#f00;',
  'end note',
  '[*]',
  '[[fork]] <<choice>> <<join>>',
  '#quot; #35; #nbsp;',
  '**strong** _em_ `code` ~~x~~ [link](javascript:alert(1)) ![](https://example.org)',
  '$$x^2$$ \\n \\N \\G \\L \\l \\',
  'nul \u0000 bell \u0007 escape \u001B[31m del \u007F',
  'right to left \u202E\u2066 mark \u200F byte order \uFEFF',
  'half of a pair \uD800 and \uDFFF, no character \uFFFE\uFFFF',
  'café 日本語 👩‍🚀 नमस्ते',
  '',
  ' ',
  'a.b.c',
  '__proto__x',
  'constructor',
  'note',
  'state',
  'root_start',
  'x'.repeat(400),
  'many words '.repeat(100),
  '-- a -- b --',
  'accTitle: x',
  'click a href "javascript:alert(1)"',
];

/** Each hostile name everywhere where a machine can have a name. */
export const hostileMachines: readonly (readonly [string, AnyStateMachine])[] = hostileNames.map((name) => {
  const key = name === '' ? 'k' : name;
  const id = name.replace(/[.\\]/g, '_'); // what an id cannot hold when it is a target
  return [
    name,
    createMachine({
      id: `m${id}`,
      description: name,
      initial: key,
      entry: name === '' ? [] : [name],
      states: {
        [key]: {
          description: name,
          tags: [name],
          exit: { type: name },
          invoke: { src: name, id: `i${name}`, onDone: { target: 'other', actions: name } },
          on: {
            [key]: { target: 'other', guard: name, actions: [name, { type: name }] },
            '*': { guard: { type: name }, actions: name },
          },
        },
        other: {
          initial: 'inside',
          description: name,
          after: { [key]: { target: 'end', guard: not(name) } },
          states: { inside: { on: { [`e${name}`]: `#end${id}` } } },
        },
        end: { id: `end${id}`, type: 'final', description: name },
      },
    }),
  ];
});
