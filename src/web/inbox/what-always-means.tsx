/** The exact rules that "always" would save, whom they cover, and which other questions they would release. */
import type { PendingRelay } from '../../events.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { useTeam } from '../use-client.ts';
import { useReleases } from './hooks.ts';
import { pathText, ruleTexts, whoText } from './words.ts';

/** Entries of a description list. */
export function WhatAlwaysMeans({ relay }: { readonly relay: PendingRelay }) {
  if (relay.kind === 'unknown_outcome') return null;
  if (relay.proposal === null) {
    return (
      <>
        <dt>always</dt>
        <dd>cannot be made permanent; yes allows it once</dd>
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
    </>
  );
}

/** Names that are spelled out. */
const NAMED = 10;

export interface ReleasesProps {
  readonly relay: PendingRelay;
  readonly onSelect: (relayId: string) => void;
}

/** It changes while one looks at it, and so belongs below what can be pressed. */
export function Releases({ relay, onSelect }: ReleasesProps) {
  const ids = useReleases(relay);
  const waiting = useTeam(({ relays }) => relays);
  const released = waiting.filter(({ id }) => id !== relay.id && ids.includes(id));
  if (released.length === 0) return null;
  return (
    <div className="inbox-releases">
      <p>“Always” also lets go on:</p>
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
