/** The history of a run: a slider over its entries, and the team and its questions as of one of them. */
import { useEffect, useState } from 'react';
import { visibleText } from '../../text/visible.ts';
import { type PastTeam, useClient, useFeed, useTeam } from '../page-context.ts';
import { subjectOf } from '../thread/call-text.ts';
import { errorText } from '../ui/action.tsx';
import { useNow } from '../ui/clock.tsx';

/** A moment of history that the reader chose. */
export interface Moment {
  readonly seq: number;
  /** The last entry when the reader went back. */
  readonly of: number;
}

export interface HistorySliderProps {
  /** `undefined` is now. */
  readonly moment: Moment | undefined;
  readonly onMove: (moment: Moment | undefined) => void;
}

export function HistorySlider({ moment, onMove }: HistorySliderProps) {
  const feed = useFeed();
  const known = useTeam(({ seq }) => seq);
  // text deltas are entries too, but do not change the team: count them once a second
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

/** The questions that waited at the moment on the screen. They cannot be answered. */
export function PastQuestions({ past }: { readonly past: PastTeam }) {
  return (
    <section className="panel" aria-label="Past questions">
      <h2 className="panel-title">Past questions</h2>
      {past.relays.length === 0 ? (
        <p className="empty">No question was waiting.</p>
      ) : (
        <ul className="past-questions">
          {past.relays.map(({ id, path, tool, params, why }) => (
            <li key={id}>
              <strong>{path.map(visibleText).join(' › ')}</strong> asked to run {visibleText(tool)}
              <code className="call-subject">{visibleText(subjectOf(params))}</code>
              <span className="call-note">{visibleText(why)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Milliseconds that the slider must rest before the server is asked. */
const REST_MS = 120;

export interface StateAt {
  /** The last moment that arrived. */
  readonly past: PastTeam | undefined;
  readonly problem: string | undefined;
}

/** The team as of an entry. Of several requests only the last one counts. */
export function useStateAt(seq: number | undefined): StateAt {
  const client = useClient();
  const [state, setState] = useState<StateAt>(NOW);
  useEffect(() => {
    let isWanted = true;
    const ask = async (asked: number) => {
      try {
        const { agents, relays } = await client.state(asked);
        if (!isWanted) return;
        const past = { seq: asked, agents: new Map(agents.map((agent) => [agent.id, agent])), relays };
        setState({ past, problem: undefined });
      } catch (error) {
        if (isWanted) setState(({ past }) => ({ past, problem: errorText(error) }));
      }
    };
    if (seq === undefined) setState(NOW);
    const timer = seq === undefined ? undefined : setTimeout(() => void ask(seq), REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, seq]);
  return seq === undefined ? NOW : state;
}

const NOW: StateAt = { past: undefined, problem: undefined };
