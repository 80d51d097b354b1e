/** Curves of Bézier pieces: where one enters or leaves a rectangle, and what is left of it then. */

/** From the top left corner, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Top left and bottom right. */
export type Corners = readonly [Point, Point];

/** A start, two control points and an end. */
type Piece = readonly [Point, Point, Point, Point];

const STEPS = 16;

/** The beginning of a curve, up to where it last enters a rectangle; all of it if it ends outside or never was. */
export function untilInside(points: readonly Point[], area: Corners): readonly Point[] {
  const pieces = piecesOf(points);
  for (const [index, piece] of [...pieces.entries()].toReversed()) {
    const end = entersAt(piece, area);
    if (end !== undefined) return pointsOf([...pieces.slice(0, index), split(piece, end)[0]]);
  }
  return points;
}

/** The rest of a curve, from where it first leaves a rectangle. */
export function fromOutside(points: readonly Point[], area: Corners): readonly Point[] {
  return untilInside(points.toReversed(), area).toReversed();
}

/** A straight line, as a curve. */
export function straight(from: Point, to: Point): readonly Point[] {
  return [from, between(from, to, 1 / 3), between(from, to, 2 / 3), to];
}

export const between = (one: Point, other: Point, part: number): Point => ({
  x: one.x + (other.x - one.x) * part,
  y: one.y + (other.y - one.y) * part,
});

function piecesOf([start, ...rest]: readonly Point[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = start;
  for (let at = 0; from !== undefined && at + 2 < rest.length; at += 3) {
    const [one, other, to] = rest.slice(at, at + 3);
    if (one === undefined || other === undefined || to === undefined) break;
    pieces.push([from, one, other, to]);
    from = to;
  }
  return pieces;
}

function pointsOf(pieces: readonly Piece[]): readonly Point[] {
  const [first] = pieces;
  return first === undefined ? [] : [first[0], ...pieces.flatMap(([, ...rest]) => rest)];
}

/** Where on the piece (0 to 1) the rectangle is last entered. */
function entersAt(piece: Piece, area: Corners): number | undefined {
  const at = (part: number) => isInside(split(piece, part)[0][3], area);
  for (let step = STEPS; step > 0; step -= 1) {
    const before = (step - 1) / STEPS;
    const after = step / STEPS;
    if (at(after) && !at(before)) return boundary(at, before, after);
  }
  return undefined;
}

function boundary(isIn: (part: number) => boolean, outside: number, inside: number): number {
  let [low, high] = [outside, inside];
  for (let round = 0; round < 12; round += 1) {
    const middle = (low + high) / 2;
    if (isIn(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** De Casteljau's: the same curve in two pieces. */
function split([a, b, c, d]: Piece, part: number): readonly [Piece, Piece] {
  const [ab, bc, cd] = [between(a, b, part), between(b, c, part), between(c, d, part)];
  const [abc, bcd] = [between(ab, bc, part), between(bc, cd, part)];
  const middle = between(abc, bcd, part);
  return [
    [a, ab, abc, middle],
    [middle, bcd, cd, d],
  ];
}

const isInside = ({ x, y }: Point, [from, to]: Corners): boolean =>
  x >= from.x && x <= to.x && y >= from.y && y <= to.y;
