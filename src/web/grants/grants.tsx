/** The grants: rule, scope, author and expiry of each, and the button that revokes it. */
import { useState } from 'react';
import type { Grant } from '../../events.ts';
import { formatRule } from '../../permissions/rule-text.ts';
import { errorText } from '../ui/action.tsx';
import { useNow } from '../ui/clock.tsx';
import { visibleText } from '../../text/visible.ts';
import { useAgent, useClient, useTeam } from '../page-context.ts';
import { pathText, scopeText, timeText } from '../../read-model/words.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './grants.css';

export function Grants() {
  const client = useClient();
  const grants = useTeam((team) => team.grants);
  const now = useNow();
  const [results, setResults] = useState<ReadonlyMap<string, string>>(new Map());
  const [last, setLast] = useState('');
  const inForce = grants.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);

  const revoke = ({ id, permission }: Grant) => {
    const rule = formatRule(permission);
    const tell = (result: string) => {
      setResults((known) => new Map([...known, [id, result]]));
      setLast(`${rule}: ${result}`);
    };
    tell('revoking …');
    client.revoke(id).then(
      (isDone) => tell(isDone ? 'revoked' : 'no longer in force'),
      (error: unknown) => tell(errorText(error)),
    );
  };

  return (
    <section className="grants" aria-labelledby="grants-title">
      <h2 id="grants-title">Grants</h2>
      <p role="status" className="grants-status">
        {last}
      </p>
      {inForce.length === 0 ? (
        <p className="grants-empty">No grants. The answer “always” makes one.</p>
      ) : (
        <table aria-labelledby="grants-title">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">For</th>
              <th scope="col">By</th>
              <th scope="col">Given</th>
              <th scope="col">Ends</th>
              <th scope="col">Uses left</th>
              <th scope="col">Revoke</th>
            </tr>
          </thead>
          <tbody>
            {inForce.map((grant) => (
              <Row
                key={grant.id}
                grant={grant}
                now={now}
                result={results.get(grant.id)}
                onRevoke={() => revoke(grant)}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface RowProps {
  readonly grant: Grant;
  readonly now: number;
  readonly result: string | undefined;
  readonly onRevoke: () => void;
}

function Row({ grant, now, result, onRevoke }: RowProps) {
  const { permission, scope, agentId, by, createdAt, expiresAt, usesLeft } = grant;
  const agent = useAgent(agentId);
  const rule = formatRule(permission);
  const who = agent === undefined ? '' : pathText(agent.path);
  return (
    <tr>
      <th scope="row">
        <code>{rule}</code>
      </th>
      <td data-label="For">
        {scopeText(scope)}
        {who !== '' && <span className="grants-agent">{scope === 'all' ? ` (asked by ${who})` : `: ${who}`}</span>}
      </td>
      <td data-label="By">{visibleText(by)}</td>
      <td data-label="Given">
        <time dateTime={new Date(createdAt).toISOString()} title={new Date(createdAt).toLocaleString()}>
          {timeText(Math.max(1000, now - createdAt))} ago
        </time>
      </td>
      <td data-label="Ends">
        {expiresAt === undefined ? 'with this run' : `in ${timeText(Math.max(1000, expiresAt - now))}`}
      </td>
      <td data-label="Uses left">{usesLeft ?? 'no limit'}</td>
      <td className="grants-action">
        <button type="button" aria-label={`Revoke ${rule}`} onClick={onRevoke}>
          Revoke
        </button>
        {result !== undefined && <span className="grants-result">{result}</span>}
      </td>
    </tr>
  );
}
