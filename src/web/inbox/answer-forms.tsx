/** What is written for an answer: a reason, changed arguments, what a call gave that had run. */
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { AnswerButton } from './answer-button.tsx';
import { prettyJson } from './call-parts.ts';
import { CallView, useCall } from './call-view.tsx';
import { useDraft } from './drafts.ts';

export interface AnswerFormProps {
  readonly relay: PendingRelay;
  readonly isWaiting: boolean;
  readonly onAnswer: (answer: RelayAnswer) => void;
  readonly onCancel: () => void;
}

export function ReasonForm({ isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const [reason, setReason] = useState('');
  const send = () => onAnswer({ approved: false, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
  return (
    <TextForm
      {...{ isWaiting, onCancel, send }}
      label="Reason"
      text={reason}
      onText={setReason}
      sends="Send no"
      isShort
    >
      The agent reads it.
    </TextForm>
  );
}

/** For a call that ran already: nothing is run. */
export function OutputForm({ isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const [output, setOutput] = useState('');
  const send = () => onAnswer({ approved: true, output: output === '' ? {} : { context: output } });
  return (
    <TextForm {...{ isWaiting, onCancel, send }} label="Output" text={output} onText={setOutput} sends="Send: it ran">
      What the call gave, as far as it is known. Nothing is run.
    </TextForm>
  );
}

/** A command is edited as text, anything else as JSON. */
export function EditForm({ relay, isWaiting, onAnswer, onCancel }: AnswerFormProps) {
  const command = commandOf(relay);
  const [text, setText] = useState(() => command ?? JSON.stringify(relay.params, undefined, 2) ?? '');
  const [problem, setProblem] = useState<string>();
  const send = () => {
    const input = command === undefined ? parsed(text) : { value: { ...fieldsOf(relay.params), command: text } };
    if ('problem' in input) return setProblem(input.problem);
    setProblem(undefined);
    onAnswer({ approved: true, input: input.value });
  };
  const isHiding = prettyJson(text) !== JSON.stringify(text);
  return (
    <>
      <TextForm
        {...{ isWaiting, onCancel, send, text, problem }}
        label={command === undefined ? 'Arguments' : 'Command'}
        onText={setText}
        sends="Yes, with this"
      >
        {command === undefined ? 'The call runs with these instead, once.' : 'This runs instead, once.'}
        {isHiding && ' It holds characters that cannot be seen.'}
      </TextForm>
      {isHiding && (
        <Unhidden tool={command === undefined ? '' : relay.tool} text={text} isCommand={command !== undefined} />
      )}
    </>
  );
}

/** What is written, with what hides in it. */
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

const fieldsOf = (params: unknown): object => (typeof params === 'object' && params !== null ? params : {});

function commandOf({ tool, params }: PendingRelay): string | undefined {
  const command: unknown = tool === 'bash' ? Reflect.get(fieldsOf(params), 'command') : undefined;
  return typeof command === 'string' ? command : undefined;
}

function parsed(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

interface TextFormProps {
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

function TextForm({
  label,
  text,
  onText,
  send,
  sends,
  isWaiting,
  onCancel,
  problem,
  isShort,
  children,
}: TextFormProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const drafts = useDraft(text);
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
        rows={isShort === true ? 2 : Math.min(16, Math.max(3, text.split('\n').length + 1))}
        spellCheck={isShort === true}
        value={text}
        aria-describedby={`${id}-help`}
        aria-invalid={problem !== undefined}
        onChange={(event) => {
          drafts.typing();
          onText(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') return cancel();
          const isSent =
            event.key === 'Enter' && (event.ctrlKey || event.metaKey || (isShort === true && !event.shiftKey));
          if (!isSent || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (!isWaiting && !event.repeat) send();
        }}
      />
      <p id={`${id}-help`} className="inbox-help">
        {children} {isShort === true ? 'Enter' : 'Ctrl-Enter'} sends, Escape goes back.
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
