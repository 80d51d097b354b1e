/** The drawing of a machine with the states that are active lit: fitted to the width, or zoomed, scrolled and dragged. */
import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { light, svgNode } from './svg-nodes.ts';
import { descriptionOf, sizeOf, svgTree } from './svg-tree.ts';

export interface ChartViewProps {
  readonly machine: string;
  /** As the server gives it. */
  readonly svg: string;
  /** Dotted paths. */
  readonly active: readonly string[];
}

const STEP = 1.25;
const SMALLEST = 0.2;
const LARGEST = 3;

export function ChartView({ machine, svg, active }: ChartViewProps) {
  const tree = useMemo(() => svgTree(svg), [svg]);
  const [scale, setScale] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (tree === undefined) return;
    const node = svgNode(tree);
    node.setAttribute('role', 'img');
    node.setAttribute('aria-label', `The ${machine} machine as a chart`);
    paper.current?.replaceChildren(node);
  }, [tree, machine]);
  useLayoutEffect(() => {
    if (paper.current !== null) light(paper.current, active);
  }, [tree, machine, active]);

  if (tree === undefined) return <p role="alert">The drawing of this machine cannot be read.</p>;
  const { width } = sizeOf(tree);
  const zoom = (by: number) => {
    const box = frame.current;
    const before = scale ?? (box === null ? 1 : Math.min(1, box.clientWidth / width));
    setScale(Math.min(LARGEST, Math.max(SMALLEST, before * by)));
  };
  const showActive = () => {
    const state = [...(paper.current?.querySelectorAll('.state.active:not(.group)') ?? [])].at(-1);
    state?.scrollIntoView({ block: 'center', inline: 'center' });
  };
  return (
    <figure className="machine-chart" aria-label={`${machine} machine`}>
      <figcaption>{descriptionOf(tree)}</figcaption>
      <div className="machine-zoom" role="group" aria-label="Size of the chart">
        <button type="button" onClick={() => zoom(1 / STEP)}>
          Zoom out
        </button>
        <button type="button" onClick={() => zoom(STEP)}>
          Zoom in
        </button>
        <button type="button" aria-pressed={scale === undefined} onClick={() => setScale(undefined)}>
          Fit
        </button>
        <button type="button" onClick={showActive}>
          Go to current state
        </button>
      </div>
      <Paper frame={frame} paper={paper} width={scale === undefined ? undefined : scale * width} natural={width} />
    </figure>
  );
}

interface PaperProps {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly paper: RefObject<HTMLDivElement | null>;
  /** In pixels; `undefined`: as wide as there is room, and no wider than drawn. */
  readonly width: number | undefined;
  readonly natural: number;
}

function Paper({ frame, paper, width, natural }: PaperProps) {
  useKeptCentre(frame, width);
  const drag = useRef<{ readonly x: number; readonly y: number }>(undefined);
  const follow = ({ clientX: x, clientY: y }: PointerEvent) => {
    if (drag.current === undefined || frame.current === null) return;
    frame.current.scrollBy(drag.current.x - x, drag.current.y - y);
    drag.current = { x, y };
  };
  return (
    <div
      ref={frame}
      className="machine-frame"
      role="region"
      aria-label="Chart, scrollable"
      tabIndex={0}
      onPointerDown={({ pointerType, button, clientX: x, clientY: y, currentTarget, pointerId }) => {
        if (pointerType !== 'mouse' || button !== 0) return; // a finger scrolls by itself
        drag.current = { x, y };
        currentTarget.setPointerCapture(pointerId);
      }}
      onPointerMove={follow}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onPointerCancel={() => {
        drag.current = undefined;
      }}
    >
      <div ref={paper} className="machine-paper" style={width === undefined ? { maxWidth: natural } : { width }} />
    </div>
  );
}

/** What was in the middle stays there when the drawing grows or shrinks. */
function useKeptCentre(frame: RefObject<HTMLDivElement | null>, width: number | undefined): void {
  const centre = useRef({ x: 0.5, y: 0.5 });
  useEffect(() => {
    const box = frame.current;
    if (box === null) return undefined;
    const keep = () => {
      centre.current = {
        x: (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth,
        y: (box.scrollTop + box.clientHeight / 2) / box.scrollHeight,
      };
    };
    box.addEventListener('scroll', keep, { passive: true });
    return () => box.removeEventListener('scroll', keep);
  }, [frame]);
  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null || width === undefined) return;
    const { x, y } = centre.current;
    box.scrollTo(x * box.scrollWidth - box.clientWidth / 2, y * box.scrollHeight - box.clientHeight / 2);
  }, [frame, width]);
}
