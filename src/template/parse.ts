import type { CommandNode, Node, Operand, Pipeline, TemplateSource } from './ast.ts';
import { lexTemplate, type Piece, parseError, type Token } from './lex.ts';

/** Reads a template; `functions` are the names that may be called. @throws TemplateError with Go's words */
export function parseTemplate(source: TemplateSource, functions: ReadonlySet<string>): Node[] {
  const parser = new TemplateParser(source, functions);
  const { nodes, stop } = parser.readNodes();
  if (stop !== undefined) throw parser.error(stop[0], `unexpected {{${stop[0]?.text}}}`);
  return nodes;
}

interface NodeList {
  readonly nodes: Node[];
  /** The tokens of the `end` or `else` that ended the list. */
  readonly stop: readonly Token[] | undefined;
}

const blockWords = new Set(['if', 'with', 'range']);

class TemplateParser {
  readonly #source: TemplateSource;
  readonly #functions: ReadonlySet<string>;
  readonly #pieces: readonly Piece[];
  #piece = 0;
  #tokens: readonly Token[] = [];
  #position = 0;

  constructor(source: TemplateSource, functions: ReadonlySet<string>) {
    this.#source = source;
    this.#functions = functions;
    this.#pieces = lexTemplate(source);
  }

  error(token: Token | undefined, message: string) {
    return parseError(this.#source, token?.at ?? this.#source.text.length, message);
  }

  readNodes(): NodeList {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#piece++]; piece !== undefined; piece = this.#pieces[this.#piece++]) {
      if ('text' in piece) {
        if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text });
        continue;
      }
      const word = piece.tokens[0]?.kind === 'identifier' ? piece.tokens[0].text : '';
      if (word === 'end' || word === 'else') return { nodes, stop: piece.tokens };
      nodes.push(this.#readAction(piece.tokens, word));
    }
    return { nodes, stop: undefined };
  }

  #readAction(tokens: readonly Token[], word: string): Node {
    if (word === 'break' || word === 'continue') return { kind: word };
    if (blockWords.has(word)) return this.#readBlock(word as 'if', tokens.slice(1));
    if (tokens.length === 0) throw this.error(undefined, 'missing value for command');
    return { kind: 'action', pipeline: this.#pipelineOf(tokens) };
  }

  #readBlock(kind: 'if' | 'with' | 'range', tokens: readonly Token[]): Node {
    if (tokens.length === 0) throw this.error(undefined, `missing value for ${kind}`);
    const pipeline = this.#pipelineOf(tokens);
    const { nodes: body, stop } = this.readNodes();
    if (stop === undefined) throw this.error(undefined, 'unexpected EOF');
    const [word, ...rest] = stop;
    if (word?.text === 'end') return { kind, pipeline, body, otherwise: [] };
    const next = rest[0]?.text;
    if (next === 'if' || next === 'with') {
      return { kind, pipeline, body, otherwise: [this.#readBlock(next, rest.slice(1))] };
    }
    const { nodes: otherwise, stop: end } = this.readNodes();
    if (end?.[0]?.text !== 'end')
      throw this.error(end?.[0], end === undefined ? 'unexpected EOF' : 'expected end; found {{else}}');
    return { kind, pipeline, body, otherwise };
  }

  #pipelineOf(tokens: readonly Token[]): Pipeline {
    this.#tokens = tokens;
    this.#position = 0;
    const pipeline = this.#readPipeline();
    const extra = this.#peek();
    if (extra !== undefined) throw this.error(extra, `unexpected ${JSON.stringify(extra.text)} in operand`);
    return pipeline;
  }

  #readPipeline(): Pipeline {
    const { declared, assigns } = this.#readDeclaration();
    const commands: CommandNode[] = [];
    do {
      commands.push(this.#readCommand());
    } while (this.#take('|'));
    return { declared, assigns, commands };
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #readDeclaration(): { declared: string[]; assigns: boolean } {
    const ahead = this.#tokens.slice(this.#position, this.#position + 4).map((token) => token.text);
    const isVariable = (index: number) => ahead[index]?.startsWith('$') === true;
    const single = isVariable(0) && (ahead[1] === ':=' || ahead[1] === '=');
    const double =
      isVariable(0) && ahead[1] === ',' && isVariable(2) && (ahead[3] === ':=' || ahead[3] === '=');
    if (!single && !double) return { declared: [], assigns: false };
    this.#position += single ? 2 : 4;
    const operator = ahead[single ? 1 : 3];
    return {
      declared: ahead.filter((text) => text.startsWith('$')).slice(0, single ? 1 : 2),
      assigns: operator === '=',
    };
  }

  #readCommand(): CommandNode {
    const operands: Operand[] = [];
    for (
      let token = this.#peek();
      token !== undefined && token.text !== '|' && token.text !== ')';
      token = this.#peek()
    ) {
      operands.push(this.#readOperand(token));
    }
    if (operands.length === 0) throw this.error(this.#peek(), 'missing value for command');
    return { operands };
  }

  #readOperand(token: Token): Operand {
    this.#position++;
    const { text, at } = token;
    switch (token.kind) {
      case 'string':
        return { kind: 'constant', value: unquote(text), at, source: text };
      case 'number':
        return { kind: 'constant', value: Number(text), at, source: text };
      case 'dot':
        return { kind: 'dot', at, source: text };
      case 'field':
        return this.#chained(token, (names, place) => ({
          kind: 'field',
          names: [text.slice(1), ...names],
          ...place,
        }));
      case 'variable':
        return this.#chained(token, (names, place) => ({ kind: 'variable', name: text, names, ...place }));
      case 'identifier':
        return this.#readWord(token);
      default:
        return this.#readGroup(token);
    }
  }

  #readWord({ text, at }: Token): Operand {
    const constants: Record<string, boolean | null> = { true: true, false: false, nil: null };
    const constant = constants[text];
    if (constant !== undefined) return { kind: 'constant', value: constant, at, source: text };
    if (!this.#functions.has(text))
      throw parseError(this.#source, at, `function ${JSON.stringify(text)} not defined`);
    return { kind: 'function', name: text, at, source: text };
  }

  #readGroup(token: Token): Operand {
    if (token.text !== '(') throw this.error(token, `unexpected ${JSON.stringify(token.text)} in operand`);
    const pipeline = this.#readPipeline();
    if (!this.#take(')')) throw this.error(token, 'unclosed left paren');
    return this.#chained(token, (names, place) => ({ kind: 'group', pipeline, names, ...place }));
  }

  /** Takes the fields that follow without a space, and says where Go would place the whole. */
  #chained(
    token: Token,
    build: (names: string[], place: { at: number; source: string }) => Operand,
  ): Operand {
    const names: string[] = [];
    let at = token.at;
    for (let next = this.#peek(); next?.kind === 'field' && next.glued; next = this.#peek()) {
      if (names.length === 0) at = next.at;
      names.push(next.text.slice(1));
      this.#position++;
    }
    const last = this.#tokens[this.#position - 1] ?? token;
    return build(names, { at, source: this.#source.text.slice(token.at, last.at + last.text.length) });
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  #take(symbol: string): boolean {
    const found = this.#peek()?.text === symbol && this.#peek()?.kind === 'symbol';
    if (found) this.#position++;
    return found;
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The content of a quoted string; a character constant becomes its number. */
function unquote(text: string): string | number {
  if (text.startsWith('`')) return text.slice(1, -1);
  const content = text
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) =>
      code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
    );
  return text.startsWith("'") ? (content.codePointAt(0) ?? 0) : content;
}
