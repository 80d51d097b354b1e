/**
 * Converts a history into an AI SDK prompt. Pure. The prompt has the shape of specification V4; `toV3Prompt` rewrites the
 * places where V3 differs.
 *
 * Guarantees: images and files reach the model from every message; a `tool` message gets the name of its call;
 * reasoning and calls keep their provider data unchanged; arguments that were no JSON object are wrapped in one.
 */
import type {
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { AssistantMessage, Content, ContentPart, Message } from '../events.ts';

/** The abilities of the receiving provider. */
export interface PromptTarget {
  /**
   * Whether images and files inside a tool result reach the model. Where not (chat completions turn them into a JSON
   * string), they follow in a user message after the results of that turn.
   */
  readonly mediaInToolResults: boolean;
}

type ToolMessage = Extract<Message, { role: 'tool' }>;
type MediaPart = Exclude<ContentPart, { type: 'text' }>;
type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;
type ContentOutput = Extract<LanguageModelV4ToolResultOutput, { type: 'content' }>;
type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

/** Converts a history. Empty assistant messages are left out: providers refuse them. */
export function toPrompt(messages: readonly Message[], target: PromptTarget): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = [];
  const names = new Map<string, string>();
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at];
    if (message === undefined) continue;
    switch (message.role) {
      case 'system':
        prompt.push({ role: 'system', content: message.content });
        break;
      case 'user':
        prompt.push({ role: 'user', content: userParts(message.content) });
        break;
      case 'assistant': {
        for (const call of message.tool_calls ?? []) names.set(call.id, call.name);
        const content = assistantParts(message);
        if (content.length > 0) prompt.push({ role: 'assistant', content });
        break;
      }
      case 'tool': {
        const answers = [message, ...toolMessagesFrom(messages, at + 1)];
        at += answers.length - 1;
        prompt.push(...toolResults(answers, names, target));
        break;
      }
    }
  }
  return prompt;
}

/** The same prompt for a model of specification V3, where file data is not tagged. */
export function toV3Prompt(prompt: LanguageModelV4Prompt): LanguageModelV3Prompt {
  return prompt.map((message): LanguageModelV3Message => {
    if (message.role === 'system') return { role: 'system', content: message.content };
    if (message.role === 'user') {
      return { role: 'user', content: message.content.map((part) => (part.type === 'file' ? v3File(part) : part)) };
    }
    if (message.role === 'tool') {
      const results = message.content.filter((part) => part.type === 'tool-result');
      return { role: 'tool', content: results.map((part) => ({ ...part, output: v3Output(part.output) })) };
    }
    const said = message.content.filter(
      (part) => part.type === 'text' || part.type === 'reasoning' || part.type === 'tool-call',
    );
    return { role: 'assistant', content: said };
  });
}

function toolMessagesFrom(messages: readonly Message[], from: number): ToolMessage[] {
  const found: ToolMessage[] = [];
  for (const message of messages.slice(from)) {
    if (message.role !== 'tool') break;
    found.push(message);
  }
  return found;
}

// ---------------------------------------------------------------- messages

function userParts(content: Content): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : media(part)));
}

function assistantParts(message: AssistantMessage): AssistantContent {
  const parts: AssistantContent = [];
  const said =
    typeof message.content === 'string' ? [{ type: 'text' as const, text: message.content }] : message.content;
  for (const part of said ?? []) {
    if (part.type === 'reasoning') {
      parts.push({ type: 'reasoning', text: part.text, ...providerOptions(part.providerMetadata) });
    } else if (part.text !== '') parts.push({ type: 'text', text: part.text });
  }
  for (const call of message.tool_calls ?? []) {
    parts.push({
      type: 'tool-call',
      toolCallId: call.id,
      toolName: call.name,
      input: objectInput(call.arguments),
      ...providerOptions(call.providerMetadata),
    });
  }
  return parts;
}

/** Several providers refuse a history with a call whose arguments are no object; the model still sees what it wrote. */
function objectInput(input: unknown): unknown {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { invalid_arguments: input };
}

function providerOptions(metadata: Record<string, unknown> | undefined): { providerOptions?: SharedV4ProviderOptions } {
  return isProviderOptions(metadata) ? { providerOptions: metadata } : {};
}

/** The content is JSON, since it came from a provider's answer; only the outer shape is checked. */
function isProviderOptions(metadata: Record<string, unknown> | undefined): metadata is SharedV4ProviderOptions {
  return (
    metadata !== undefined && Object.values(metadata).every((value) => typeof value === 'object' && value !== null)
  );
}

// ---------------------------------------------------------------- tool results

function toolResults(
  answers: readonly ToolMessage[],
  names: ReadonlyMap<string, string>,
  target: PromptTarget,
): LanguageModelV4Message[] {
  const content: LanguageModelV4ToolResultPart[] = [];
  const carried: UserPart[] = [];
  for (const answer of answers) {
    const toolName = names.get(answer.tool_call_id) ?? 'unknown';
    const { output, left } = toolOutput(answer, target);
    content.push({ type: 'tool-result', toolCallId: answer.tool_call_id, toolName, output });
    if (left.length > 0) {
      carried.push({ type: 'text', text: `Returned by the tool ${toolName} (call ${answer.tool_call_id}):` }, ...left);
    }
  }
  const results: LanguageModelV4Message = { role: 'tool', content };
  return carried.length > 0 ? [results, { role: 'user', content: carried }] : [results];
}

/** The output of one call, and the media that must travel outside of it. */
function toolOutput(
  answer: ToolMessage,
  target: PromptTarget,
): { output: LanguageModelV4ToolResultOutput; left: LanguageModelV4FilePart[] } {
  const parts = typeof answer.content === 'string' ? [] : answer.content.map(toolPart);
  const files = parts.filter((part) => part.type === 'file');
  if (files.length > 0 && target.mediaInToolResults) return { output: contentOutput(parts), left: [] };

  const lines = parts.map((part) =>
    part.type === 'text' ? part.text : `[${part.filename ?? 'attachment'} (${part.mediaType}): see the next message]`,
  );
  const value = typeof answer.content === 'string' ? answer.content : lines.join('\n');
  return { output: { type: answer.is_error === true ? 'error-text' : 'text', value }, left: files };
}

function contentOutput(parts: readonly UserPart[]): ContentOutput {
  return {
    type: 'content',
    value: parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : part)),
  };
}

/** A part of a tool result. A file that providers refuse there becomes a line that says so, not an error that ends the agent. */
function toolPart(part: ContentPart): UserPart {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const file = media(part);
  if (file.type === 'text' || file.mediaType.startsWith('image/') || file.mediaType === 'application/pdf') return file;
  return { type: 'text', text: `[${file.filename ?? 'attachment'} (${file.mediaType}) can't be shown to you]` };
}

// ---------------------------------------------------------------- media

const DATA_URL = /^data:([^;,]*)[^,]*?(;base64)?,(.*)$/s;
const TEXTUAL = /^(text\/|application\/(json|xml|yaml|toml|javascript|x-sh)\b)/;

function media(part: MediaPart): UserPart {
  const filename = part.type === 'file' && part.filename !== undefined ? { filename: part.filename } : {};
  if (/^https?:\/\//i.test(part.data) && URL.canParse(part.data)) {
    return { type: 'file', data: { type: 'url', url: new URL(part.data) }, mediaType: part.mediaType, ...filename };
  }
  const { data, mediaType } = inlineData(part);
  // text needs no support for files
  if (TEXTUAL.test(mediaType)) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return { type: 'text', text: filename.filename === undefined ? text : `${filename.filename}:\n${text}` };
  }
  return { type: 'file', data: { type: 'data', data }, mediaType, ...filename };
}

/** Base64 and media type; both are read from a data URL. */
function inlineData(part: MediaPart): { data: string; mediaType: string } {
  const [, type, base64, body] = DATA_URL.exec(part.data) ?? [];
  if (body === undefined) return { data: part.data, mediaType: part.mediaType };
  const data = base64 === undefined ? Buffer.from(decodeURIComponent(body)).toString('base64') : body;
  return { data, mediaType: part.mediaType === '' ? (type ?? '') : part.mediaType };
}

// ---------------------------------------------------------------- V3

function v3File(
  part: LanguageModelV4FilePart,
): Extract<Extract<LanguageModelV3Message, { role: 'user' }>['content'][number], { type: 'file' }> {
  const filename = part.filename === undefined ? {} : { filename: part.filename };
  return { type: 'file', data: v3Data(part.data), mediaType: part.mediaType, ...filename };
}

function v3Data(data: LanguageModelV4FilePart['data']): Uint8Array | string | URL {
  if (data.type === 'data') return data.data;
  if (data.type === 'url') return data.url;
  return data.type === 'text' ? Buffer.from(data.text) : '';
}

type V3Output = Extract<
  Extract<LanguageModelV3Message, { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>['output'];

function v3Output(output: LanguageModelV4ToolResultOutput): V3Output {
  if (output.type !== 'content') return output;
  const value: Extract<V3Output, { type: 'content' }>['value'] = [];
  for (const part of output.value) {
    if (part.type === 'text') value.push({ type: 'text', text: part.text });
    if (part.type !== 'file') continue;
    const image = part.mediaType.startsWith('image/');
    const data = v3Data(part.data);
    if (data instanceof URL) value.push({ type: image ? 'image-url' : 'file-url', url: data.href });
    else if (typeof data === 'string') {
      if (image) value.push({ type: 'image-data', data, mediaType: part.mediaType });
      else
        value.push({
          type: 'file-data',
          data,
          mediaType: part.mediaType,
          ...(part.filename === undefined ? {} : { filename: part.filename }),
        });
    }
  }
  return { type: 'content', value };
}
