/** Goes back to any moment of the run, and to now again. */
import { useTeam } from '../use-client.ts';
import { useNow } from './clock.ts';
import { useFeed } from './page-context.ts';

export interface Moment {
  readonly seq: number;
  /** The last entry there was when the reader began to look back. */
  readonly of: number;
}

export interface ScrubberProps {
  /** `undefined` is now. */
  readonly moment: Moment | undefined;
  readonly onMove: (moment: Moment | undefined) => void;
}

export function Scrubber({ moment, onMove }: ScrubberProps) {
  const feed = useFeed();
  const known = useTeam(({ seq }) => seq);
  // the words of agents are entries too, but not ones the team changes with: they are counted every second
  useNow();
  const of = moment?.of ?? Math.max(known, feed.lastSeq());
  const seq = moment?.seq ?? of;
  if (of === 0) return null;
  return (
    <div className={`scrubber${moment === undefined ? '' : ' scrubber-past'}`}>
      <label className="scrubber-label">
        <span className="scrubber-name">History</span>
        <input
          type="range"
          min={1}
          max={of}
          value={seq}
          aria-label="History"
          aria-valuetext={`as of entry ${seq} of ${of}`}
          onChange={(event) => onMove({ seq: event.target.valueAsNumber, of })}
        />
      </label>
      <span className="scrubber-text">
        as of entry {seq} of {of}
      </span>
      {moment !== undefined && (
        <button type="button" className="small" onClick={() => onMove(undefined)}>
          Back to now
        </button>
      )}
    </div>
  );
}
