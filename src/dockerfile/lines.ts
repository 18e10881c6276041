import { DockerfileError } from './errors.ts';
import { chompTabs, type HeredocHead, heredocHeads } from './heredoc.ts';
import type { Heredoc, SourceRange } from './types.ts';

/** An instruction's lines joined to one, with the here-documents that follow it. */
export interface LogicalLine {
  readonly text: string;
  readonly range: SourceRange;
  /** The comment lines directly above, without their `#`. */
  readonly comments: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** An empty line stands between the joined ones. */
  readonly emptyContinuation: boolean;
}

/** A Dockerfile's lines, each with its line break, without a byte order mark. */
export function physicalLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** @throws DockerfileError, for a here-document without end */
export function logicalLines(lines: readonly string[], escapeToken: '\\' | '`'): LogicalLine[] {
  const reader = new LineReader(lines, escapeToken);
  const found: LogicalLine[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) found.push(line);
  return found;
}

const takesHeredocs = /^(ADD|COPY|RUN)\s/i;

class LineReader {
  readonly #lines: readonly string[];
  readonly #escapeToken: string;
  readonly #continued: RegExp;
  /** Index of the line that is read next. */
  #at = 0;

  constructor(lines: readonly string[], escapeToken: '\\' | '`') {
    this.#lines = lines;
    this.#escapeToken = escapeToken;
    const token = escapeToken === '\\' ? '\\\\' : '`';
    this.#continued = new RegExp(`(?<!${token})${token}[ \\t]*$`);
  }

  next(): LogicalLine | undefined {
    let comments: string[] = [];
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = (this.#lines[this.#at] ?? '').trim();
      if (line.startsWith('#')) comments.push(line.slice(1).trim());
      else if (line === '') comments = [];
      else return this.#join(comments);
    }
    return undefined;
  }

  #join(comments: readonly string[]): LogicalLine | undefined {
    const start = this.#at + 1;
    const { text, emptyContinuation } = this.#joinContinued();
    if (text === '') return this.next();
    const heads = takesHeredocs.test(text) ? heredocHeads(text, this.#escapeToken) : [];
    const heredocs = heads.map((head) => this.#readHeredoc(head, start));
    return { text, range: { start, end: this.#at }, comments, heredocs, emptyContinuation };
  }

  #joinContinued(): { text: string; emptyContinuation: boolean } {
    const parts: string[] = [];
    let emptyContinuation = false;
    let goesOn = true;
    while (goesOn && this.#at < this.#lines.length) {
      const line = (this.#lines[this.#at++] ?? '').replace(/[\r\n]+$/, '');
      if (parts.length > 0 && line.trimStart().startsWith('#')) continue;
      if (parts.length > 0 && line.trim() === '') {
        emptyContinuation = true;
        continue;
      }
      goesOn = this.#continued.test(line);
      parts.push(goesOn ? line.replace(this.#continued, '') : line);
    }
    return { text: parts.join('').trim(), emptyContinuation };
  }

  #readHeredoc(head: HeredocHead, start: number): Heredoc {
    const body: string[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++] ?? '';
      const bare = line.replace(/[\r\n]+$/, '');
      if ((head.chomp ? chompTabs(bare) : bare) === head.name) {
        const content = body.join('');
        return { ...head, content: head.chomp ? chompTabs(content) : content };
      }
      body.push(line);
    }
    throw new DockerfileError('unterminated heredoc', { start, end: this.#at });
  }
}
