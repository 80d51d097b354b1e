/** What stands between the page and the server, said across the whole width. */
import { useConnection } from '../use-client.ts';

export function Notices({ signInProblem }: { readonly signInProblem: string | undefined }) {
  const connection = useConnection();
  if (connection === 'signed_out') {
    return (
      <div className="notice notice-bad" role="alert">
        <strong>The server was started anew.</strong> Open the address that it printed in this tab: it ends in{' '}
        <code>#token=…</code>. What is on the screen stays until then.
        {signInProblem !== undefined && <p>{signInProblem}</p>}
      </div>
    );
  }
  if (connection === 'offline') {
    return (
      <div className="notice notice-warn" role="alert">
        <strong>The server does not answer.</strong> What you see stays as it was; the page goes on by itself when the
        server is back.
      </div>
    );
  }
  if (connection === 'closed' && signInProblem === undefined) {
    return (
      <div className="notice notice-plain" role="status">
        <strong>The run is over: the server was stopped.</strong> What you see stays. To go on, start the server and
        open the address that it prints in this tab.
      </div>
    );
  }
  return signInProblem === undefined ? null : (
    <div className="notice notice-bad" role="alert">
      {signInProblem}
    </div>
  );
}
