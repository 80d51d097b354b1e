/** A message to a running agent. */
import { useState } from 'react';
import { useClient } from '../use-client.ts';
import { useAction } from './use-action.ts';
import { visibleText } from '../../text/visible.ts';

const UNSEEN = 'It would not see this: it is ending, in its last turn, or run by a program that takes no messages.';

export function MessageForm({ agentId, name }: { readonly agentId: string; readonly name: string }) {
  const client = useClient();
  const [text, setText] = useState('');
  const { isBusy, problem, run, fail } = useAction();
  const send = () => {
    const message = text.trim();
    if (message === '') return;
    run(async () => {
      if (await client.send(agentId, message)) setText('');
      else fail(UNSEEN);
    });
  };
  return (
    <form
      className="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem.message}
        </p>
      )}
      <textarea
        rows={1}
        aria-label={`Message to ${visibleText(name)}`}
        placeholder={`Message to ${visibleText(name)}, seen before its next turn`}
        value={text}
        maxLength={100_000}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" disabled={isBusy || text.trim() === ''}>
        Send
      </button>
    </form>
  );
}
