import Table from 'cli-table3';
import type { Colors } from '../terminal';

/** What a section needs to lay out text. */
export interface Paper {
  colors: Colors;
  /** Characters a line may have. */
  width: number;
}

/** A table without frames: columns apart by two blanks, numbers on the right, indented by two. */
export function table(
  paper: Paper,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  };
  const table = new Table({
    head: head.map((title) => paper.colors.dim(title)),
    chars: {
      ...none,
      'bottom-right': '',
      left: '  ',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A titled block; nothing where it has no lines. */
export function section(paper: Paper, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', paper.colors.bold(title), ...lines];
}

/** Text broken between words, each line indented; the first one carries `mark` instead. */
export function wrapped(paper: Paper, text: string, mark = '  ', indent = '  '): string[] {
  const lines: string[] = [];
  let line = mark;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== mark && line.length + word.length + 1 > paper.width) {
      lines.push(line);
      line = indent;
    }
    line += line === mark || line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}
