/** The exact rules that "always" would save, whom they cover, and which other questions they would release. */
import type { PendingRelay } from '../../events.ts';
import { callLabel } from '../../cli/call-text.ts';
import { useTeam } from '../use-client.ts';
import { useReleases } from './hooks.ts';
import { NO_ALWAYS, pathText, ruleTexts, whoText } from './words.ts';

export interface WhatAlwaysMeansProps {
  readonly relay: PendingRelay;
  readonly onSelect: (relayId: string) => void;
}

/** Entries of a description list. */
export function WhatAlwaysMeans({ relay, onSelect }: WhatAlwaysMeansProps) {
  if (relay.kind === 'unknown_outcome') return null;
  if (relay.proposal === null) {
    return (
      <>
        <dt>always</dt>
        <dd>cannot be made permanent. {NO_ALWAYS[relay.kind]}</dd>
      </>
    );
  }
  return (
    <>
      <dt>always</dt>
      <dd>
        would allow{' '}
        {ruleTexts(relay).map((rule, at) => (
          <span key={rule}>
            {at === 0 ? '' : ' and '}
            <code className="inbox-rule">{rule}</code>
          </span>
        ))}{' '}
        to {whoText(relay.covers?.scope)}, until this run ends
      </dd>
      <Releases relay={relay} onSelect={onSelect} />
    </>
  );
}

/** Names that are spelled out. */
const NAMED = 10;

function Releases({ relay, onSelect }: WhatAlwaysMeansProps) {
  const ids = useReleases(relay);
  const waiting = useTeam(({ relays }) => relays);
  const released = waiting.filter(({ id }) => id !== relay.id && ids.includes(id));
  if (released.length === 0) return null;
  return (
    <>
      <dt>releases</dt>
      <dd>
        <ul className="inbox-releases" aria-label="Questions that always would release">
          {released.slice(0, NAMED).map(({ id, path, tool, params }) => (
            <li key={id}>
              <button type="button" className="inbox-link" onClick={() => onSelect(id)}>
                {pathText(path)} ({callLabel(tool, params)})
              </button>
            </li>
          ))}
        </ul>
        {released.length > NAMED && `and ${released.length - NAMED} more`}
      </dd>
    </>
  );
}
