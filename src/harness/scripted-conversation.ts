/** Reads a prompt as a scripted model needs it: the task, and the results of each of its own answers. */
import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';
import type { ScriptContext, StepResults } from './script.ts';

/** A prompt, read. */
export interface Conversation extends Omit<ScriptContext, 'tools'> {
  /** The results of each answer of the model. */
  readonly turns: readonly StepResults[];
}

/** Reads a prompt. */
export function readConversation(prompt: LanguageModelV4Prompt): Conversation {
  const users = prompt.filter((message) => message.role === 'user');
  const system = prompt.filter((message) => message.role === 'system').map(({ content }) => content);
  const turns: StepResults[] = [];
  for (const [at, message] of prompt.entries()) {
    if (message.role !== 'assistant') continue;
    const next = prompt.findIndex(({ role }, later) => later > at && role === 'assistant');
    turns.push(resultsOf(message, prompt.slice(at + 1, next < 0 ? undefined : next)));
  }
  return { task: users[0] === undefined ? '' : textOf(users[0]), system: system.join('\n\n'), messages: prompt, turns };
}

function resultsOf(answer: LanguageModelV4Message, after: readonly LanguageModelV4Message[]): StepResults {
  const outputs = new Map<string, LanguageModelV4ToolResultOutput>();
  for (const message of after) {
    if (message.role !== 'tool') continue;
    for (const part of message.content) if (part.type === 'tool-result') outputs.set(part.toolCallId, part.output);
  }
  const results = (answer.role === 'assistant' ? answer.content : []).flatMap((part) => {
    const raw = part.type === 'tool-call' ? outputs.get(part.toolCallId) : undefined;
    if (part.type !== 'tool-call' || raw === undefined) return [];
    return [{ id: part.toolCallId, name: part.toolName, text: outputText(raw), isError: isError(raw), raw }];
  });
  const steered = after.filter(({ role }) => role === 'user').map(textOf);
  return Object.assign(results, { steered });
}

function textOf(message: LanguageModelV4Message): string {
  if (message.role === 'system') return message.content;
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** The text of a tool result; what is not text is left out. */
export function outputText(output: LanguageModelV4ToolResultOutput): string {
  if (output.type === 'execution-denied') return output.reason ?? '';
  if (output.type === 'content')
    return output.value.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  return typeof output.value === 'string' ? output.value : JSON.stringify(output.value);
}

function isError({ type }: LanguageModelV4ToolResultOutput): boolean {
  return type === 'error-text' || type === 'error-json' || type === 'execution-denied';
}
