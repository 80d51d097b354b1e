/**
 * Rules as one line of text, for people and for `--allow`:
 *
 *     read                              every call of the tool
 *     bash(git status *)                its main parameter: `command` for bash, `path` for the file tools
 *     bash(command=git *, cwd=docs)     several; a value with a comma or hidden characters is a JSON string
 *     fetch(retries:=3)                 a value that is no text, as JSON
 *     write exactly {"path":"a"}        these arguments and no others
 *     {"tool":"…","params":{…}}         any rule, for names that the other forms cannot hold
 */
import { GreenroomError } from '../errors.ts';
import { ToolPermission } from '../events.ts';
import { hasHidden } from '../text/hidden.ts';
import { visibleJson } from '../text/visible.ts';
import { compileRule } from './rules.ts';
import { isPlainObject } from './value.ts';

/** The parameter that a bare pattern in parentheses means, by tool. */
export const MAIN_PARAMETER: ReadonlyMap<string, string> = new Map([
  ['bash', 'command'],
  ['read', 'path'],
  ['write', 'path'],
  ['patch', 'path'],
  ['search', 'path'],
]);
/** Keys that start a `key=` list although the tool has a main parameter, whose own text may hold a `=`. */
const OTHER_KEYS: ReadonlyMap<string, readonly string[]> = new Map([['bash', ['cwd']]]);

const TOOL_NAME = /^[\w.:/@-]+/;
const EXACTLY = /^ exactly (\{.*\})$/s;
const KEY = /^\s*([A-Za-z_][\w.-]*)(:?=)/;

/**
 * Reads a rule.
 * @param where What the text is called in an error, e.g. `--allow`.
 * @throws GreenroomError `invalid_rule` that says what to write instead.
 */
export function parseRule(text: string, where = 'rule'): ToolPermission {
  const fail = (problem: string) =>
    new GreenroomError('invalid_rule', `Rule ${visibleJson(text)}: ${problem}.`, { path: where });
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return wholeRule(trimmed, where, fail);
  const tool = TOOL_NAME.exec(trimmed)?.[0];
  if (tool === undefined)
    throw fail('it starts with no tool name; write tool or tool(pattern), e.g. bash(git status *)');
  const rest = trimmed.slice(tool.length);
  const exact = EXACTLY.exec(rest)?.[1];
  if (exact !== undefined) return checked({ tool, params: jsonObject(exact, fail), exact: true }, where);
  if (rest === '') return checked({ tool }, where);
  if (!rest.startsWith('(') || !rest.endsWith(')'))
    throw fail(`after the tool comes (pattern); write ${tool} or ${tool}(pattern)`);
  const content = rest.slice(1, -1);
  if (content.trim() === '') throw fail(`its pattern is empty; write ${tool} to cover every call`);
  return checked({ tool, params: readParams(tool, content, fail) }, where);
}

/** A rule as text without hidden characters; `parseRule` gives an equal rule back. */
export function formatRule(rule: ToolPermission): string {
  const { tool } = rule;
  if (!isWritable(rule)) return visibleJson(rule);
  if (rule.exact === true) return `${tool} exactly ${visibleJson(rule.params ?? {})}`;
  if (rule.params === undefined) return tool;
  const entries = Object.entries(rule.params);
  const [main] = entries;
  if (entries.length === 1 && main?.[0] === MAIN_PARAMETER.get(rule.tool) && isBareMain(rule.tool, main?.[1])) {
    return `${tool}(${main?.[1]})`;
  }
  const list = entries.map(([key, value]) => formatParam(key, value)).join(', ');
  // a list that starts with a key of no such tool would be read as the text of its main parameter
  const readable = !MAIN_PARAMETER.has(tool) || startsKeyList(tool, list);
  return readable ? `${tool}(${list})` : visibleJson(rule);
}

/** Whether tool and keys can be written without quotes. */
function isWritable({ tool, params, exact }: ToolPermission): boolean {
  const keys = exact === true ? [] : Object.keys(params ?? {});
  return TOOL_NAME.exec(tool)?.[0] === tool && keys.every((key) => KEY.exec(`${key}=`)?.[1] === key);
}

function wholeRule(text: string, where: string, fail: Fail): ToolPermission {
  const parsed = ToolPermission.safeParse(parsedJson(text));
  if (!parsed.success) throw fail('it is not a rule as JSON; write {"tool":"name","params":{…}}');
  return checked(parsed.data, where);
}

type Fail = (problem: string) => GreenroomError;

function checked(rule: ToolPermission, where: string): ToolPermission {
  return compileRule(rule, where).permission;
}

function readParams(tool: string, content: string, fail: Fail): Record<string, unknown> {
  const main = MAIN_PARAMETER.get(tool);
  if (main !== undefined && !startsKeyList(tool, content)) return { [main]: content };
  const params: [string, unknown][] = [];
  let rest = content;
  while (rest.trim() !== '') {
    const match = KEY.exec(rest);
    const key = match?.[1];
    if (match === null || key === undefined)
      throw fail(`"${rest.trim()}" is not key=pattern; write ${tool}(key=pattern, …)`);
    if (params.some(([known]) => known === key)) throw fail(`${key} stands there twice`);
    const { value, left } = readValue(rest.slice(match[0].length), match[2] === ':=', fail);
    params.push([key, value]);
    rest = left;
  }
  return Object.fromEntries(params);
}

/** One value and what is left behind its comma. */
function readValue(text: string, json: boolean, fail: Fail): { value: unknown; left: string } {
  if (!json && !text.startsWith('"')) {
    const comma = text.indexOf(',');
    const bare = comma === -1 ? text : text.slice(0, comma);
    return { value: bare.trim(), left: comma === -1 ? '' : text.slice(comma + 1) };
  }
  // JSON may hold commas itself: the value ends at the first comma that leaves something JSON understands
  for (let end = text.indexOf(','); ; end = text.indexOf(',', end + 1)) {
    const value = parsedJson(end === -1 ? text : text.slice(0, end));
    if (value !== undefined) return { value, left: end === -1 ? '' : text.slice(end + 1) };
    if (end === -1) throw fail(`"${text}" is not JSON; write text without quotes, or key:=value with a JSON value`);
  }
}

function formatParam(key: string, value: unknown): string {
  if (typeof value !== 'string') return `${key}:=${visibleJson(value)}`;
  const bare = value === value.trim() && !/^"|,/.test(value) && !hasHidden(value);
  return `${key}=${bare ? value : visibleJson(value)}`;
}

function isBareMain(tool: string, value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !hasHidden(value) && !startsKeyList(tool, value);
}

function startsKeyList(tool: string, content: string): boolean {
  const key = KEY.exec(content)?.[1];
  return key !== undefined && (key === MAIN_PARAMETER.get(tool) || (OTHER_KEYS.get(tool) ?? []).includes(key));
}

function jsonObject(text: string, fail: Fail): Record<string, unknown> {
  const value = parsedJson(text);
  if (!isPlainObject(value)) throw fail('after "exactly" come the arguments as a JSON object');
  return { ...value };
}

function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
