/** Effect of "always": the exact rules it would save, their scope, and the other questions it would release. */
import { useMemo } from 'react';
import type { PendingRelay } from '../../events.ts';
import { formatRule } from '../../permissions/rule-text.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { useTeam } from '../page-context.ts';
import { pathText, scopeText } from '../../read-model/words.ts';
import type { ShownLine } from './call-parts.ts';
import { callRows } from './call-rows.ts';
import { Window } from './call-view.tsx';
import { useReleases } from './hooks.ts';

export interface WhatAlwaysMeansProps {
  readonly relay: PendingRelay;
  /** Whether rows of the call are hidden; then a long rule is cut, too. */
  readonly isCut: boolean;
  /** Whether the hidden rows are shown. */
  readonly isWhole: boolean;
}

/** Renders entries of a description list. */
export function WhatAlwaysMeans({ relay, isCut, isWhole }: WhatAlwaysMeansProps) {
  if (relay.kind === 'unknown_outcome') return null;
  if (relay.proposal === null) {
    return (
      <>
        <dt>always</dt>
        <dd>is not possible for this call; yes allows it once</dd>
      </>
    );
  }
  return (
    <>
      <dt>always</dt>
      <dd>
        would allow{' '}
        {relay.proposal.map(formatRule).map((rule, at) => (
          <span key={rule}>
            {at === 0 ? '' : ' and '}
            <Rule text={rule} isCut={isCut} isWhole={isWhole} />
          </span>
        ))}{' '}
        to {scopeText(relay.covers?.scope)}, until this run ends
      </dd>
    </>
  );
}

/** Longest rule shown in the line, and length of each end of a cut rule, in characters. */
const SHORT = 400;
const END = 80;

function Rule({ text, isCut, isWhole }: { readonly text: string } & Omit<WhatAlwaysMeansProps, 'relay'>) {
  if (text.length <= SHORT) return <code className="inbox-rule">{text}</code>;
  if (!isCut) {
    return (
      <code className="inbox-rule inbox-rule-long" tabIndex={0}>
        {text}
      </code>
    );
  }
  return isWhole ? (
    <WholeRule text={text} />
  ) : (
    <code className="inbox-rule">
      {text.slice(0, END)} … {text.length - 2 * END} characters are hidden … {text.slice(-END)}
    </code>
  );
}

function WholeRule({ text }: { readonly text: string }) {
  const rows = useMemo(
    () => callRows(text.split('\n').map((line): ShownLine => ({ kind: 'plain', text: line }))),
    [text],
  );
  return <Window rows={rows} isDiff={false} label="Rule" />;
}

/** Number of names shown. */
const NAMED = 10;

export interface ReleasesProps {
  readonly relay: PendingRelay;
  readonly onSelect: (relayId: string) => void;
}

/** Stands below the buttons, because it changes while the question is open. */
export function Releases({ relay, onSelect }: ReleasesProps) {
  const ids = useReleases(relay);
  const waiting = useTeam(({ relays }) => relays);
  const released = waiting.filter(({ id }) => id !== relay.id && ids.includes(id));
  if (released.length === 0) return null;
  return (
    <div className="inbox-releases">
      <p>“Always” also releases:</p>
      <ul aria-label="Questions that always would release">
        {released.slice(0, NAMED).map(({ id, path, tool, params }) => (
          <li key={id}>
            <button type="button" className="inbox-link" onClick={() => onSelect(id)}>
              {pathText(path)} ({callLabel(tool, params)})
            </button>
          </li>
        ))}
      </ul>
      {released.length > NAMED && <p>and {released.length - NAMED} more</p>}
    </div>
  );
}
