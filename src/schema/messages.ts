/** Messages: the entries of an agent's history. */
import * as z from 'zod';

/** A piece of text. */
export const TextPart = z.object({ type: z.literal('text'), text: z.string() });
/** An image: `data` is base64 (or an http(s)/data URL), `mediaType` e.g. `image/png`. */
export const ImagePart = z.object({ type: z.literal('image'), data: z.string(), mediaType: z.string() });
/** Another file, e.g. a PDF: `data` is base64 (or an http(s)/data URL). */
export const FilePart = z.object({
  type: z.literal('file'),
  data: z.string(),
  mediaType: z.string(),
  filename: z.string().optional(),
});
/** A model's reasoning; `providerMetadata` is opaque and is sent back unchanged. */
export const ReasoningPart = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  providerMetadata: z.record(z.string(), z.unknown()).optional(),
});

/** One part of a content that is more than text: text, an image (`image`) or another file (`file`), as base64 or a URL. */
export const ContentPart = z.discriminatedUnion('type', [TextPart, ImagePart, FilePart]);
export type ContentPart = z.infer<typeof ContentPart>;
/** The content of a user message or a tool result: text, or parts when there is more than text. */
export const Content = z.union([z.string(), z.array(ContentPart)]);
export type Content = z.infer<typeof Content>;

/** A call in the model's own history: `id` is the raw id that the model gave. */
export const ToolCall = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** The parsed arguments; the raw string when the model wrote something that is not JSON. */
  arguments: z.unknown(),
  /** Opaque provider data of this call (e.g. thought signatures), sent back unchanged. */
  providerMetadata: z.record(z.string(), z.unknown()).optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

/** An answer of the model: text or reasoning and text, and the calls it makes. */
export const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.null(), z.array(z.discriminatedUnion('type', [TextPart, ReasoningPart]))]),
  tool_calls: z.array(ToolCall).optional(),
});
export type AssistantMessage = z.infer<typeof AssistantMessage>;

/** One entry of an agent's history. */
export const Message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: Content }),
  AssistantMessage,
  z.object({
    role: z.literal('tool'),
    tool_call_id: z.string().min(1),
    content: Content,
    /** The call failed, was denied or was cancelled; providers that can are told so. Default false. */
    is_error: z.boolean().optional(),
  }),
]);
export type Message = z.infer<typeof Message>;
