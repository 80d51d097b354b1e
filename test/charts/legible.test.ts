/** The text of the published pictures is legible where they are shown: fitted to a page of 1440 px. */
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { pictures } from '../../scripts/chart-files.ts';
import { readChart } from '../../src/charts/chart.ts';
import { toSvg } from '../../src/charts/index.ts';
import { dottedPath } from '../../src/charts/state-paths.ts';
import { everyElement, parseXml } from './xml.ts';
import { hostileMachines, zoo } from './zoo.ts';

const PAGE_WIDTH = 1440;
const SMALLEST = 10;

/** The font size in pixels of the smallest text of a drawing whose view box is scaled to the width of the page. */
function smallestFont(svg: string): number {
  const drawing = parseXml(svg);
  const [, , width] = (drawing.attributes['viewBox'] ?? '').split(' ').map(Number);
  const sizes = [...everyElement(drawing)].flatMap(({ name, attributes }) =>
    name === 'tspan' ? [Number(attributes['font-size'])] : [],
  );
  return (Math.min(...sizes) * PAGE_WIDTH) / (width ?? 0);
}

describe('at 1440 px, fitted, no text is smaller than 10 px', () => {
  test.each(pictures.map((picture) => [picture.title, picture] as const))(
    'of %s',
    async (_title, { machine, root }) => {
      expect(smallestFont(await toSvg(machine, { root, depth: 1 }))).toBeGreaterThanOrEqual(SMALLEST);
    },
  );

  test.each([...Object.entries(zoo), ...hostileMachines])('of a machine of the zoo: %j', async (_name, machine) => {
    const compound = readChart(machine).states.filter(
      ({ children, parent }) => parent === undefined || children.length > 0,
    );
    for (const root of compound.map(dottedPath)) {
      expect(smallestFont(await toSvg(machine, { root, depth: 1 })), root).toBeGreaterThanOrEqual(SMALLEST);
    }
  });
});

test('a drawing that is too wide is drawn in a narrower shape', async () => {
  const events = Array.from({ length: 12 }, (_, index) => [`event.number.${index}`, `s${index}`] as const);
  const wide = createMachine({
    id: 'wide',
    initial: 'start',
    states: {
      start: {
        on: Object.fromEntries(events.map(([event, target]) => [event, { target, actions: 'someLongAction' }])),
      },
      ...Object.fromEntries(events.map(([, target]) => [target, {}])),
    },
  });
  const svg = await toSvg(wide);
  // twelve labels of 30 columns side by side would be wider than 2000 px
  expect(Number(parseXml(svg).attributes['width'])).toBeLessThan(2000);
});
