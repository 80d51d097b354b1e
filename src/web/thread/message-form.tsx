/** The form that sends a message to a running agent. */
import { useState } from 'react';
import { visibleText } from '../../text/visible.ts';
import { useClient } from '../page-context.ts';
import { ProblemText, useAction } from '../ui/action.tsx';

const NOT_DELIVERED =
  'Not delivered: the agent is stopping, is in its last turn, or belongs to a harness that takes no messages.';

export function MessageForm({ agentId, name }: { readonly agentId: string; readonly name: string }) {
  const client = useClient();
  const [text, setText] = useState('');
  const { isBusy, problem, run, fail } = useAction();
  const send = () => {
    const message = text.trim();
    if (message === '') return;
    run(async () => {
      if (await client.send(agentId, message)) setText('');
      else fail(NOT_DELIVERED);
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
      <ProblemText message={problem?.message} />
      <textarea
        rows={1}
        aria-label={`Message to ${visibleText(name)}`}
        placeholder={`Message to ${visibleText(name)}, read before its next turn`}
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
