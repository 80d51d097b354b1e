/** Forms for a typed answer: a reason, changed arguments, the result of an interrupted call. */
import { type KeyboardEvent, type ReactNode, useContext, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { argumentsName, argumentsText, denial, typedAnswer } from '../../read-model/answers.ts';
import { AnswerButton } from './answer-button.tsx';
import { prettyJson } from './call-parts.ts';
import { CallView, useCall } from './call-view.tsx';
import { DraftsContext } from './use-queue.ts';

export interface AnswerFormProps {
  readonly relay: PendingRelay;
  readonly isWaiting: boolean;
  readonly onAnswer: (answer: RelayAnswer) => void;
  readonly onCancel: () => void;
}

export function ReasonForm({ relay, isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const [reason, setReason] = useState('');
  return (
    <TextForm
      {...{ relay, isWaiting, onCancel }}
      label="Reason"
      text={reason}
      onText={setReason}
      send={() => onAnswer(denial(reason))}
      sends="Send no"
      isShort
    >
      The agent reads it.
    </TextForm>
  );
}

/** For an interrupted call that ran: nothing runs. */
export function OutputForm({ relay, isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const [output, setOutput] = useState('');
  const send = () => {
    const typed = typedAnswer('result', output, relay);
    if ('answer' in typed) onAnswer(typed.answer);
  };
  return (
    <TextForm
      {...{ relay, isWaiting, onCancel, send }}
      label="Output"
      text={output}
      onText={setOutput}
      sends="Send: it ran"
    >
      The result of the call, as far as you know it. Nothing runs.
    </TextForm>
  );
}

/** A command is edited as text, other arguments as JSON. */
export function EditForm({ relay, isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const isCommand = argumentsName(relay) === 'command';
  const [text, setText] = useState(() => argumentsText(relay, 2));
  const [problem, setProblem] = useState<string>();
  const send = () => {
    const typed = typedAnswer('arguments', text, relay);
    setProblem('problem' in typed ? typed.problem : undefined);
    if ('answer' in typed) onAnswer(typed.answer);
  };
  const isHiding = prettyJson(text) !== JSON.stringify(text);
  return (
    <>
      <TextForm
        {...{ relay, isWaiting, onCancel, send, text, problem }}
        label={isCommand ? 'Command' : 'Arguments'}
        onText={setText}
        sends="Yes, with this"
      >
        {isCommand ? 'This command runs instead, once.' : 'The call runs with these arguments instead, once.'}
        {isHiding && ' It contains hidden characters.'}
      </TextForm>
      {isHiding && <Unhidden tool={isCommand ? relay.tool : ''} text={text} isCommand={isCommand} />}
    </>
  );
}

/** The text with its hidden characters made visible. */
function Unhidden({
  tool,
  text,
  isCommand,
}: {
  readonly tool: string;
  readonly text: string;
  readonly isCommand: boolean;
}) {
  const [isWhole, setWhole] = useState(false);
  const params = useMemo(() => (isCommand ? { command: text } : text), [isCommand, text]);
  return <CallView call={useCall(tool, params)} isWhole={isWhole} onWhole={() => setWhole(true)} />;
}

interface TextFormProps {
  readonly relay: PendingRelay;
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly send: () => void;
  readonly sends: string;
  readonly isWaiting: boolean;
  readonly onCancel: () => void;
  readonly problem?: string | undefined;
  /** Enter sends; otherwise Ctrl-Enter does. */
  readonly isShort?: boolean;
  readonly children: ReactNode;
}

function TextForm(props: TextFormProps) {
  const { relay, label, text, onText, send, sends, isWaiting, onCancel, problem, isShort = false, children } = props;
  const id = useId();
  const relayId = relay.id;
  const field = useRef<HTMLTextAreaElement>(null);
  const drafts = useContext(DraftsContext);
  // also an empty form: a human is about to type in it
  useEffect(() => drafts.write({ about: [relayId], text }), [drafts, relayId, text]);
  const cancel = () => {
    drafts.close();
    onCancel();
  };
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="inbox-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWaiting) send();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        ref={field}
        rows={isShort ? 2 : Math.min(16, Math.max(3, text.split('\n').length + 1))}
        spellCheck={isShort}
        value={text}
        aria-describedby={`${id}-help`}
        aria-invalid={problem !== undefined}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') return cancel();
          if (!isSending(event, isShort)) return;
          event.preventDefault();
          if (!isWaiting && !event.repeat) send();
        }}
      />
      <p id={`${id}-help`} className="inbox-help">
        {children} {isShort ? 'Enter' : 'Ctrl-Enter'} sends, Escape goes back.
      </p>
      {problem !== undefined && (
        <p role="alert" className="inbox-problem">
          {problem}
        </p>
      )}
      <div className="inbox-buttons">
        <AnswerButton isWaiting={isWaiting} onPress={send}>
          {sends}
        </AnswerButton>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** Ctrl-Enter sends; in a short form Enter does, and Shift-Enter breaks the line. */
function isSending({ key, ctrlKey, metaKey, shiftKey, nativeEvent }: KeyboardEvent, isShort: boolean): boolean {
  return key === 'Enter' && !nativeEvent.isComposing && (ctrlKey || metaKey || (isShort && !shiftKey));
}
