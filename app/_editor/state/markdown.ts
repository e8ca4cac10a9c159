/** The part of Markdown that notes speak, as data. Raw HTML is text like any other. */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'formula'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'quote'; readonly parts: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code' | 'formula'; readonly text: string };

const LIST = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

export function parseMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const rest = lines.slice(at + 1);
    const fence = /^\s*(```|\$\$)(.*)$/.exec(line);
    const heading = /^(#{1,3})\s+(.*)$/.exec(line);
    if (line.trim() === '') at++;
    else if (fence) {
      const [, mark, first = ''] = fence;
      const oneLine = mark === '$$' && first.trim().endsWith('$$') && first.trim().length > 2;
      const end = rest.findIndex((each) => each.trim().endsWith(mark!));
      const body = oneLine ? [] : rest.slice(0, end < 0 ? rest.length : end);
      if (mark === '$$') {
        const last = oneLine || end < 0 ? '' : rest[end]!.trim().slice(0, -2);
        const all = [oneLine ? first.trim().slice(0, -2) : first, ...body, last];
        blocks.push({ kind: 'formula', text: all.join('\n').trim() });
      } else blocks.push({ kind: 'code', text: body.join('\n') });
      at += oneLine ? 1 : body.length + 2;
    } else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, parts: parseInline(heading[2]!) });
      at++;
    } else if (LIST.test(line)) {
      const items = takeWhile(lines.slice(at), (each) => LIST.test(each));
      const ordered = LIST.exec(line)![1] !== undefined;
      blocks.push({ kind: 'list', ordered, items: items.map((each) => parseInline(LIST.exec(each)![2]!)) });
      at += items.length;
    } else {
      const isQuote = line.startsWith('>');
      const own = takeWhile(lines.slice(at), (each) =>
        isQuote
          ? each.startsWith('>')
          : each.trim() !== '' && !/^(#{1,3}\s|\s*(```|\$\$)|>)/.test(each) && !LIST.test(each),
      );
      const joined = own.map((each) => each.replace(/^>\s?/, '').trim()).join(' ');
      blocks.push({ kind: isQuote ? 'quote' : 'paragraph', parts: parseInline(joined) });
      at += own.length;
    }
  }
  return blocks;
}

function takeWhile(lines: readonly string[], test: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !test(line));
  // the first line is taken in any case, so that reading goes on
  return lines.slice(0, end < 0 ? lines.length : Math.max(1, end));
}

/** Tried in this order at every place. Marks that are not closed are text. */
const marks: readonly (readonly [RegExp, (match: RegExpExecArray) => Inline])[] = [
  [/^`([^`]+)`/, ([, text]) => ({ kind: 'code', text: text! })],
  // a dollar before a space or a digit at its end is money
  [/^\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)/, ([, text]) => ({ kind: 'formula', text: text! })],
  [/^\*\*(?!\s)(.+?)\*\*/, ([, text]) => ({ kind: 'strong', parts: parseInline(text!) })],
  [/^\*(?![\s*])([^*]+?)\*/, ([, text]) => ({ kind: 'emphasis', parts: parseInline(text!) })],
  [/^_(?![\s_])([^_]+?)_(?!\w)/, ([, text]) => ({ kind: 'emphasis', parts: parseInline(text!) })],
  [
    /^\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/,
    ([, text, url]) => ({ kind: 'link', url: url!, parts: [{ kind: 'text', text: text! }] }),
  ],
];

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const before = at === 0 ? '' : text[at - 1]!;
    // an underscore inside a word is a letter of it
    const found = /\w/.test(before) && rest.startsWith('_') ? undefined : firstMark(rest);
    if (found) {
      if (plain) parts.push({ kind: 'text', text: plain });
      plain = '';
      parts.push(found.part);
      at += found.length;
    } else {
      plain += text[at];
      at++;
    }
  }
  if (plain) parts.push({ kind: 'text', text: plain });
  return parts;
}

function firstMark(text: string): { readonly part: Inline; readonly length: number } | undefined {
  if (!/^[`$*_[]/.test(text)) return undefined;
  for (const [pattern, make] of marks) {
    const match = pattern.exec(text);
    if (match) return { part: make(match), length: match[0].length };
  }
  return undefined;
}
