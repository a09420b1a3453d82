import GithubSlugger from 'github-slugger';
import { marked, type Token } from 'marked';
import { listFiles, readText } from './repository.ts';

/** A row of a table: the code spans and the Markdown of each cell, and the heading above the table. */
type TableRow = { heading: string; cells: string[][]; texts: string[] };

/** A Markdown file, as far as the checks look at it. */
export type Page = {
  path: string;
  text: string;
  /** Targets of links and images. */
  links: string[];
  /** What `#…` can name: headings as GitHub makes their anchors, and `<a id="…">`. */
  anchors: Set<string>;
  /** Lines of shell in code blocks, each joined with what its backslashes continue. */
  shellLines: string[];
  codeSpans: string[];
  rows: TableRow[];
};

const SHELL = new Set(['sh', 'bash', 'shell', 'console']);

/** Every Markdown page of the repository. */
export function readPages(): Page[] {
  return listFiles(/\.md$/).map((path) => toPage(path, readText(path)));
}

export function readPage(path: string): Page {
  return toPage(path, readText(path));
}

function toPage(path: string, text: string): Page {
  const slugger = new GithubSlugger();
  const page: Page = {
    path,
    text,
    links: [],
    anchors: new Set(),
    shellLines: [],
    codeSpans: [],
    rows: [],
  };
  let heading = '';
  for (const block of marked.lexer(text)) {
    if (block.type === 'heading') {
      heading = toPlainText(block);
      page.anchors.add(slugger.slug(heading));
    }
    if (block.type === 'table') {
      for (const row of block.rows) page.rows.push(toRow(heading, row));
    }
    marked.walkTokens([block], (token) => collect(page, token));
  }
  return page;
}

function collect(page: Page, token: Token): void {
  if (token.type === 'link' || token.type === 'image') page.links.push(token.href);
  if (token.type === 'codespan') page.codeSpans.push(token.text);
  if (token.type === 'html') {
    for (const [, id] of token.text.matchAll(/<a id="([^"]+)">/g)) page.anchors.add(id);
  }
  if (token.type === 'code' && SHELL.has(token.lang ?? '')) {
    page.shellLines.push(...token.text.replaceAll(/\\\n\s*/g, '').split('\n'));
  }
}

function toRow(heading: string, row: { text: string; tokens: Token[] }[]): TableRow {
  return { heading, cells: row.map(toCodeSpans), texts: row.map(({ text }) => text) };
}

function toCodeSpans(cell: { tokens: Token[] }): string[] {
  const spans: string[] = [];
  marked.walkTokens(cell.tokens, (token) => {
    if (token.type === 'codespan') spans.push(token.text);
  });
  return spans;
}

function toPlainText(heading: Token): string {
  let text = '';
  marked.walkTokens('tokens' in heading ? (heading.tokens ?? []) : [], (token) => {
    const hasParts = 'tokens' in token && token.tokens;
    if (!hasParts && 'text' in token) text += token.text;
  });
  return text;
}
