/** A drawing fitted to the width of its frame, or zoomed, scrolled and dragged. */
import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

interface ChartPaperProps {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly paper: RefObject<HTMLDivElement | null>;
  /** In pixels; `undefined`: fitted, but no wider than drawn and no narrower than legible. */
  readonly width: number | undefined;
  readonly natural: number;
}

/** Text of a drawing is 11 px; below this scale it would be smaller than 10 px, so the drawing scrolls. */
const LEGIBLE = 10 / 11;
/** Pixels that a pressed mouse may move before it drags instead of clicking. */
const CLICK_MOVES = 4;

export function ChartPaper({ frame, paper, width, natural }: ChartPaperProps) {
  useKeptCentre(frame, width);
  const drag = useRef<{ readonly x: number; readonly y: number }>(undefined);
  const follow = ({ clientX: x, clientY: y, currentTarget, pointerId }: PointerEvent) => {
    if (drag.current === undefined || frame.current === null) return;
    const [right, down] = [drag.current.x - x, drag.current.y - y];
    const isDragged = currentTarget.hasPointerCapture(pointerId);
    if (!isDragged && Math.hypot(right, down) < CLICK_MOVES) return;
    currentTarget.setPointerCapture(pointerId); // from now on a release is no click on what lies below
    frame.current.scrollBy(right, down);
    drag.current = { x, y };
  };
  const release = () => {
    drag.current = undefined;
  };
  return (
    <div
      ref={frame}
      className="machine-frame"
      role="region"
      aria-label="Chart, scrollable"
      tabIndex={0}
      onPointerDown={({ pointerType, button, clientX: x, clientY: y }) => {
        if (pointerType === 'mouse' && button === 0) drag.current = { x, y }; // a finger scrolls by itself
      }}
      onPointerMove={follow}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={({ currentTarget, pointerId }) => {
        if (!currentTarget.hasPointerCapture(pointerId)) release();
      }}
    >
      <div
        ref={paper}
        className="machine-paper"
        style={width === undefined ? { maxWidth: natural, minWidth: natural * LEGIBLE } : { width }}
      />
    </div>
  );
}

/** Keeps the centre of the view in place when the drawing grows or shrinks. */
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
