/** A strict reader of XML, as far as our drawings use it: what it cannot read is no drawing of ours. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Of this element and all in it. */
  readonly text: string;
}

const NAME = '[A-Za-z][A-Za-z0-9:-]*';
const TAG = new RegExp(`^<(/?)(${NAME})((?: ${NAME}="[^"<]*")*)(/?)>`);
const ALLOWED = /^(?:[\t\n\u0020-\uD7FF\uE000-\uFFFD]|[\u{10000}-\u{10FFFF}])*$/u;

export function parseXml(source: string): XmlElement {
  if (!ALLOWED.test(source)) throw new Error('a character that XML cannot hold');
  let rest = source;
  const found = element();
  if (rest.trim() !== '') throw new Error(`more than one element: ${rest.slice(0, 80)}`);
  return found;

  function element(): XmlElement {
    const [tag, closing, name = '', given = '', empty] = TAG.exec(rest) ?? [];
    if (tag === undefined || closing === '/') throw new Error(`no element: ${rest.slice(0, 80)}`);
    rest = rest.slice(tag.length);
    const pairs = [...given.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)]);
    const attributes: Record<string, string> = Object.fromEntries(pairs);
    if (Object.keys(attributes).length !== pairs.length) throw new Error(`an attribute twice: ${tag}`);
    if (empty === '/') return { name, attributes, children: [], text: '' };
    const children: XmlElement[] = [];
    let text = '';
    while (!rest.startsWith('</')) {
      if (rest === '') throw new Error(`<${name}> does not end`);
      if (rest.startsWith('<')) {
        const child = element();
        children.push(child);
        text += child.text;
      } else {
        const [raw = ''] = /^[^<]+/.exec(rest) ?? [];
        rest = rest.slice(raw.length);
        text += decoded(raw);
      }
    }
    const end = `</${name}>`;
    if (!rest.startsWith(end)) throw new Error(`<${name}> ends with ${rest.slice(0, 80)}`);
    rest = rest.slice(end.length);
    return { name, attributes, children, text };
  }
}

function decoded(raw: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return raw.replace(/&(\w*;?)/g, (all, name: string) => {
    const character = named[name.replace(/;$/, '')];
    if (character === undefined || !name.endsWith(';')) throw new Error(`a bare ${all}`);
    return character;
  });
}

/** An element and all in it. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}
