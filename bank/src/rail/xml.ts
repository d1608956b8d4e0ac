import { limits } from './limits.ts';

/** An element without a prefix: its attributes, and either elements or text inside. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Empty where there are elements. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const DECLARATION = /^<\?xml version=(["'])1\.0\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)? ?\?>/;
const NAME = '[A-Za-z_][A-Za-z0-9_.-]{0,99}';
/** What is inside is read up to the first angle bracket, so no tag is looked at twice. */
const TAG = new RegExp(`<(?:/(?<end>${NAME})\\s*|(?<start>${NAME})(?<inside>[\\s/][^<>]*)?)>`, 'y');
const ATTRIBUTE = new RegExp(`\\s+(${NAME}(?::${NAME})?)\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
/** XML 1.0 §2.2, without what nobody sees. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/u;
const REFERENCES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/**
 * Reads a document of elements, attributes and text; undefined for anything else. A small part of
 * XML 1.0, on purpose: no document type, so no entities to expand and none from elsewhere; no
 * comments, CDATA, processing instructions or prefixed elements; no references but the five that
 * are built in; UTF-8 only; bounded depth and count. Time and memory are linear in the length.
 */
export function readXml(bytes: Uint8Array): XmlElement | undefined {
  if (bytes.length > limits.fileBytes) return undefined;
  const text = decode(bytes);
  if (text === undefined || FORBIDDEN.test(text)) return undefined;
  const body = text.replace(DECLARATION, '').trim();
  const top: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const end = readContent(body, top);
  const [root] = top.children;
  return end && top.children.length === 1 && top.text === '' ? root : undefined;
}

/** True where every element was closed, in order, and the text ended there. */
function readContent(body: string, top: Open): boolean {
  const open: Open[] = [top];
  let elements = 0;
  for (let at = 0; at < body.length;) {
    const parent = open.at(-1);
    if (parent === undefined) return false;
    const next = body.indexOf('<', at);
    const text = unescape(body.slice(at, next < 0 ? body.length : next));
    if (text === undefined) return false;
    parent.text += text;
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(body)?.groups;
    if (tag === undefined) return false;
    at = TAG.lastIndex;
    if (tag['end'] !== undefined) {
      if (tag['end'] !== parent.name || !close(open)) return false;
      continue;
    }
    elements += 1;
    const inside = tag['inside'] ?? '';
    const isEmpty = inside.endsWith('/');
    const attributes = readAttributes(isEmpty ? inside.slice(0, -1) : inside);
    if (attributes === undefined || elements > limits.xmlElements) return false;
    open.push({ name: tag['start'] ?? '', attributes, children: [], text: '' });
    if (isEmpty && !close(open)) return false;
    if (open.length > limits.xmlDepth) return false;
  }
  return open.length === 1;
}

/** False where text stands between elements: none of these messages has that. */
function close(open: Open[]): boolean {
  const element = open.pop();
  if (element === undefined) return false;
  const { name, attributes, children } = element;
  if (children.length > 0 && element.text.trim() !== '') return false;
  const text = children.length > 0 ? '' : element.text;
  open.at(-1)?.children.push({ name, attributes, children, text });
  return true;
}

function readAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  const end = text.trimEnd().length;
  for (let at = 0; at < end;) {
    ATTRIBUTE.lastIndex = at;
    const [, name, double, single] = ATTRIBUTE.exec(text) ?? [];
    const value = unescape(double ?? single ?? '');
    if (name === undefined || value === undefined || attributes.has(name)) return undefined;
    if (attributes.size >= limits.xmlAttributes) return undefined;
    attributes.set(name, value);
    at = ATTRIBUTE.lastIndex;
  }
  return attributes;
}

function unescape(text: string): string | undefined {
  if (!text.includes('&')) return text;
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return undefined;
  return text.replace(/&[a-z]+;/g, (reference) => REFERENCES[reference] ?? reference);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The one element at the end of a path of names; undefined where a step has none or two. */
export function elementAt(from: XmlElement, path: string): XmlElement | undefined {
  let element: XmlElement | undefined = from;
  for (const name of path.split('/')) {
    const found: readonly XmlElement[] = element.children.filter((child) => child.name === name);
    element = found.length === 1 ? found[0] : undefined;
    if (element === undefined) return undefined;
  }
  return element;
}

/** The text there, without the spaces around it; undefined where there is none, or elements. */
export function textAt(from: XmlElement, path: string): string | undefined {
  const element = elementAt(from, path);
  if (element === undefined || element.children.length > 0) return undefined;
  const text = element.text.trim();
  return text === '' ? undefined : text;
}

export function childrenOf(from: XmlElement, name: string): readonly XmlElement[] {
  return from.children.filter((child) => child.name === name);
}

/** For writing: no value of ours or of others ends an element. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
