/** One level of a machine's chart, with the active states and the last transition lit. A closed state opens on a click. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ChartPaper } from './chart-paper.tsx';
import { keysIn, light, makeClosedStatesOpen, parentPath, svgNode } from './svg-nodes.ts';
import { descriptionOf, sizeOf, type SvgElement, svgTree } from './svg-tree.ts';
import { useChart, type WatchedMachine } from './use-machine.ts';

const STEP = 1.25;
const SMALLEST = 0.2;
const LARGEST = 3;

// oxlint-disable-next-line eslint/max-lines-per-function -- one element tree
export function ChartView({ actor }: { readonly actor: WatchedMachine }) {
  const { machine, active, lastMoves } = actor;
  const [root, setRoot] = useState('');
  const [scale, setScale] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const svg = useChart(machine, root);
  const tree = useMemo(() => (svg === undefined ? undefined : svgTree(svg)), [svg]);
  const afterOpening = useRef<(drawing: Element) => void>(undefined);
  const open = (path: string) => {
    afterOpening.current = focusAfter(path, root, frame);
    setScale(undefined);
    setRoot(path);
  };
  useDrawing(paper, tree, { machine, open });
  useLayoutEffect(() => {
    if (paper.current !== null) light(paper.current, { active, lastMoves });
  }, [tree, active, lastMoves]);
  useEffect(() => {
    if (paper.current === null || tree === undefined) return;
    afterOpening.current?.(paper.current);
    afterOpening.current = undefined;
  }, [tree]);

  if (svg !== undefined && tree === undefined) return <p role="alert">The drawing of this machine cannot be read.</p>;
  const width = tree === undefined ? 0 : sizeOf(tree).width;
  const zoom = (by: number) => {
    const box = frame.current;
    const before = scale ?? (box === null ? 1 : Math.min(1, box.clientWidth / width));
    setScale(Math.min(LARGEST, Math.max(SMALLEST, before * by)));
  };
  const showActive = () => {
    const level = parentPath(active.at(-1) ?? '');
    if (level === root && paper.current !== null) scrollToActive(paper.current);
    else {
      open(level);
      afterOpening.current = scrollToActive;
    }
  };
  return (
    <figure
      className="machine-chart"
      aria-label={`${machine} machine`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || root === '') return;
        event.stopPropagation();
        open(parentPath(root));
      }}
    >
      <Levels machine={machine} root={root} onOpen={open} />
      {tree !== undefined && <figcaption>{descriptionOf(tree)}</figcaption>}
      <SizeButtons
        isFitted={scale === undefined}
        onZoom={zoom}
        onFit={() => setScale(undefined)}
        onShowActive={showActive}
      />
      {svg === undefined && <p role="status">Drawing …</p>}
      <ChartPaper frame={frame} paper={paper} width={scale === undefined ? undefined : scale * width} natural={width} />
    </figure>
  );
}

interface SizeButtonsProps {
  readonly isFitted: boolean;
  readonly onZoom: (by: number) => void;
  readonly onFit: () => void;
  readonly onShowActive: () => void;
}

function SizeButtons({ isFitted, onZoom, onFit, onShowActive }: SizeButtonsProps) {
  return (
    <div className="machine-zoom" role="group" aria-label="Size of the chart">
      <button type="button" onClick={() => onZoom(1 / STEP)}>
        Zoom out
      </button>
      <button type="button" onClick={() => onZoom(STEP)}>
        Zoom in
      </button>
      <button type="button" aria-pressed={isFitted} onClick={onFit}>
        Fit
      </button>
      <button type="button" onClick={onShowActive}>
        Go to current state
      </button>
    </div>
  );
}

interface LevelsProps {
  readonly machine: string;
  readonly root: string;
  readonly onOpen: (path: string) => void;
}

/** The way back out: the machine and each state around what is shown. */
function Levels({ machine, root, onOpen }: LevelsProps) {
  const keys = keysIn(root);
  const levels = [machine, ...keys].map((name, depth) => ({ name, path: keys.slice(0, depth).join('.') }));
  return (
    <nav className="machine-levels" aria-label="Levels of the chart">
      <ol>
        {levels.map(({ name, path }) => (
          <li key={path}>
            {path === root ? (
              <span aria-current="location">{name}</span>
            ) : (
              <button type="button" onClick={() => onOpen(path)}>
                {name}
              </button>
            )}
          </li>
        ))}
      </ol>
      <span className="machine-levels-hint">
        {root === '' ? 'Select a state marked ▸ to look inside.' : 'Press Escape to go up.'}
      </span>
    </nav>
  );
}

interface Drawing {
  readonly machine: string;
  readonly open: (path: string) => void;
}

function useDrawing(paper: RefObject<HTMLDivElement | null>, tree: SvgElement | undefined, drawing: Drawing): void {
  const { machine } = drawing;
  const latest = useRef(drawing.open);
  useLayoutEffect(() => {
    latest.current = drawing.open;
  });
  useLayoutEffect(() => {
    if (tree === undefined) return;
    const node = svgNode(tree);
    node.setAttribute('role', 'group');
    node.setAttribute('aria-label', `The ${machine} machine as a chart`);
    makeClosedStatesOpen(node, (path) => latest.current(path));
    paper.current?.replaceChildren(node);
  }, [paper, tree, machine]);
}

/** Going up, the focus returns to the state that was shown; going down, it is on the chart, where arrow keys scroll. */
function focusAfter(path: string, before: string, frame: RefObject<HTMLDivElement | null>) {
  return (drawing: Element) => {
    const left = [...drawing.querySelectorAll<SVGElement>('.closed')].find((state) => {
      const shown = state.getAttribute('data-state') ?? '';
      return path.length < before.length && (before === shown || before.startsWith(`${shown}.`));
    });
    (left ?? frame.current)?.focus();
  };
}

function scrollToActive(drawing: Element): void {
  const state = [...drawing.querySelectorAll('.state.active:not(.group)')].at(-1);
  state?.scrollIntoView({ block: 'center', inline: 'center' });
}
