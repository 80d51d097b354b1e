/** Form for a narrower "always": scope, duration, number of uses, and whether it is saved for later runs. */
import { useId, useState } from 'react';
import type { GrantScope, PendingRelay, RelayAnswer } from '../../events.ts';
import { scopeText } from '../../read-model/words.ts';

export interface AlwaysFormProps {
  readonly relay: PendingRelay;
  readonly canSave: boolean;
  readonly isWaiting: boolean;
  readonly onAnswer: (answer: RelayAnswer) => void;
}

/** From the widest to the narrowest. */
const SCOPES: readonly GrantScope[] = ['all', 'subtree', 'agent'];
const MINUTE = 60_000;

export function AlwaysForm({ relay, canSave, isWaiting, onAnswer }: AlwaysFormProps) {
  const widest = relay.covers?.scope ?? 'all';
  const [scope, setScope] = useState<GrantScope>(widest);
  const [minutes, setMinutes] = useState('');
  const [uses, setUses] = useState('');
  const [isSaved, setSaved] = useState(false);
  const id = useId();
  const hasEnd = minutes !== '' || uses !== '';
  const canBeSaved = scope === 'all' && !hasEnd;
  const send = () =>
    onAnswer({
      approved: true,
      always: {
        scope,
        ...(minutes === '' ? {} : { expiresInMs: Number(minutes) * MINUTE }),
        ...(uses === '' ? {} : { uses: Number(uses) }),
        ...(isSaved && canBeSaved ? { save: true } : {}),
      },
    });
  return (
    <form
      className="inbox-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWaiting) send();
      }}
    >
      <fieldset>
        <legend>For whom</legend>
        {SCOPES.slice(SCOPES.indexOf(widest)).map((each) => (
          <label key={each} className="inbox-choice">
            <input type="radio" name={`${id}-scope`} checked={scope === each} onChange={() => setScope(each)} />
            {scopeText(each)}
          </label>
        ))}
      </fieldset>
      <Amount label="Minutes until it ends" value={minutes} onValue={setMinutes} />
      <Amount label="Number of uses" value={uses} onValue={setUses} />
      {canSave && (
        <label className="inbox-choice">
          <input
            type="checkbox"
            checked={isSaved && canBeSaved}
            disabled={!canBeSaved}
            onChange={(event) => setSaved(event.target.checked)}
          />
          save for later runs{canBeSaved ? '' : ' (only for every agent and without an end)'}
        </label>
      )}
      <div className="inbox-buttons">
        <button type="submit" className="inbox-answer inbox-tone-yes" aria-disabled={isWaiting}>
          Always, as chosen
        </button>
      </div>
    </form>
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function Amount({ label, value, onValue }: AmountProps) {
  const id = useId();
  return (
    <p className="inbox-amount">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={1}
        step={1}
        placeholder="no limit"
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </p>
  );
}
