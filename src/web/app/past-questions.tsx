/** The questions that waited at the moment looked at; nothing can be answered there. */
import type { PastTeam } from './page-context.ts';
import { subjectOf } from './call-input.ts';
import { visibleText } from '../../text/visible.ts';

export function PastQuestions({ past }: { readonly past: PastTeam }) {
  return (
    <section className="panel" aria-label="Questions then">
      <h2 className="panel-title">Questions then</h2>
      {past.relays.length === 0 ? (
        <p className="empty">No question waited.</p>
      ) : (
        <ul className="past-questions">
          {past.relays.map(({ id, path, tool, params, why }) => (
            <li key={id}>
              <strong>{path.map(visibleText).join(' › ')}</strong> asked for {visibleText(tool)}
              <code className="call-subject">{visibleText(subjectOf(params))}</code>
              <span className="call-note">{visibleText(why)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
