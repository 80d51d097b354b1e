import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { toMermaid } from '../../src/charts/index.ts';
import { oneLine } from '../../src/text/visible.ts';
import { hostileMachines, zoo } from './zoo.ts';

const all = [...Object.entries(zoo), ...hostileMachines];

/** The parts of the grammar that a chart uses. Names are of the letters that no statement of Mermaid can begin in. */
const ID = String.raw`[A-Za-z]\w*`;
const TEXT = String.raw`(?:(?!--|direction)(?:[\p{L}\p{M}\p{N} .,?!()+/-]|#\d+;|\[|\]|<br/>))+`;
const STATEMENTS = [
  'stateDiagram-v2',
  `accTitle: ${TEXT}`,
  `accDescr: ${TEXT}`,
  `state "${TEXT}" as ${ID}(?: \\{)?`,
  '\\}',
  '--',
  `${ID}: ${TEXT}`,
  `(?:\\[\\*\\]|${ID}) --> (?:\\[\\*\\]|${ID})(?:: ${TEXT})?`,
].map((statement) => new RegExp(`^ *${statement}$`, 'iu'));

const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const decoded = (text: string): string =>
  text.replace(/#(\d+);/g, (_code, number: string) => String.fromCodePoint(Number(number)));

describe('toMermaid', () => {
  test('draws states, transitions and what happens in them', () => {
    const machine = createMachine({
      id: 'door',
      description: 'A door, with a lock: or none.',
      initial: 'closed',
      on: { break: '.broken', look: { actions: 'peep' } },
      states: {
        closed: {
          description: 'Nobody passes.',
          initial: { target: 'unlocked', actions: 'tryIt' },
          entry: 'creak',
          on: { open: { target: 'open', guard: 'isUnlocked', actions: ['turn', 'push'] } },
          states: { unlocked: { on: { lock: 'locked' } }, locked: { after: { 500: 'unlocked' } } },
        },
        open: {
          invoke: { src: 'closer', onDone: 'closed', onError: { target: 'broken', actions: 'complain' } },
          on: { open: {}, close: 'closed', lean: { actions: 'lean' } },
        },
        broken: { type: 'final', description: 'Gone.' },
      },
    });
    expect(toMermaid(machine)).toBe(
      [
        'stateDiagram-v2',
        '  accTitle: door',
        '  accDescr: A door, with a lock#58; or none.',
        '  [*] --> closed',
        '  state "any state" as any',
        '  any: look / peep',
        '  state "closed - Nobody passes." as closed {',
        '    [*] --> closed_unlocked: / tryIt',
        '    state "any state" as closed_any',
        '    closed_any: entry / creak',
        '    state "unlocked" as closed_unlocked',
        '    state "locked" as closed_locked',
        '  }',
        '  state "open" as open',
        '  open: invoke / closer',
        '  open: open / ignored',
        '  open: lean / lean',
        '  state "broken" as broken',
        '  broken: Gone.',
        '  broken --> [*]',
        '  any --> broken: break',
        '  closed --> open: open [isUnlocked] / turn, push',
        '  closed_unlocked --> closed_locked: lock',
        '  closed_locked --> closed_unlocked: after 500 ms',
        '  open --> closed: close<br/>onDone closer',
        '  open --> broken: onError closer / complain',
        '',
      ].join('\n'),
    );
  });

  test('divides the regions of a parallel state, also of the outermost', () => {
    const lines = linesOf(toMermaid(createMachine({ id: 'p', type: 'parallel', states: { a: {}, b: {}, c: {} } })));
    expect(lines.map((line) => line.trim()).slice(2)).toEqual([
      'state "p" as p {',
      'state "a" as a',
      '--',
      'state "b" as b',
      '--',
      'state "c" as c',
      '}',
    ]);
  });

  test('writes a transition to a state around as text, since Mermaid cannot draw it', () => {
    const text = toMermaid(
      createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { id: 'a', initial: 'b', states: { b: { on: { up: { target: '#a', reenter: true } } } } } },
      }),
    );
    expect(text).toContain('a_b: up, to a\n');
    expect(text).not.toContain('a_b -->');
  });

  test.each(all)('writes only statements that it means to, whatever the names hold: %j', (_name, machine) => {
    const odd = linesOf(toMermaid(machine)).filter((line) => !STATEMENTS.some((statement) => statement.test(line)));
    expect(odd).toEqual([]);
  });

  test.each(hostileMachines.filter(([name]) => name.trim() !== ''))('shows the whole name: %j', (name, machine) => {
    const titles = [...toMermaid(machine).matchAll(/^ *state "(.*)" as/gm)].map(([, title = '']) => decoded(title));
    expect(titles).toContain(oneLine(name));
  });

  test.each(all)('gives every state a name of its own that Mermaid does not keep for itself: %j', (_name, machine) => {
    const ids = [...toMermaid(machine).matchAll(/^ *state ".*" as (\w+)/gm)].map(([, id = '']) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^(note|state|end|class|style|default|constructor)$|_(start|end)$/.test(id))).toEqual([]);
  });

  test.each(all)('gives the same text for the same machine: %j', (_name, machine) => {
    expect(toMermaid(machine)).toBe(toMermaid(machine));
  });
});
