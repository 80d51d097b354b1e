/** Connection states: the word in the top bar, and a notice across the page when the server cannot be reached. */
import type { Connection } from '../../client/index.ts';
import { useConnection } from '../page-context.ts';

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  offline: 'Offline, retrying',
  signed_out: 'Signed out',
  closed: 'Run ended',
};

export function ConnectionStatus() {
  const connection = useConnection();
  return (
    <span className={`connection connection-${connection}`} role="status" aria-label="Connection">
      {WORDS[connection]}
    </span>
  );
}

export function ConnectionNotice({ signInProblem }: { readonly signInProblem: string | undefined }) {
  const connection = useConnection();
  if (connection === 'signed_out') {
    return (
      <div className="notice notice-bad" role="alert">
        <strong>The server was restarted.</strong> Open the address it printed in this tab; it ends in{' '}
        <code>#token=…</code>. The page keeps what it shows until then.
        {signInProblem !== undefined && <p>{signInProblem}</p>}
      </div>
    );
  }
  if (connection === 'offline') {
    return (
      <div className="notice notice-warn" role="alert">
        <strong>The server does not answer.</strong> The page shows the last known state and reconnects by itself.
      </div>
    );
  }
  if (connection === 'closed' && signInProblem === undefined) {
    return (
      <div className="notice notice-plain" role="status">
        <strong>The run has ended: the server was stopped.</strong> The page keeps what it shows. To continue, start the
        server and open the address it prints in this tab.
      </div>
    );
  }
  return signInProblem === undefined ? null : (
    <div className="notice notice-bad" role="alert">
      {signInProblem}
    </div>
  );
}
