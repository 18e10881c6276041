/** What one line of the tree tells beside its name. */
export interface TreeLine {
  readonly id: string;
  readonly diskUsage: string;
  readonly contentSize: string;
  readonly inUse: boolean;
  /** Known, but not here. */
  readonly isFaint?: boolean;
}

/** An image with all its names, and a line for each of its platforms. */
export interface TreeImage extends TreeLine {
  readonly names: readonly string[];
  readonly children: readonly (TreeLine & { readonly name: string })[];
}

export interface TreeSurroundings {
  /** In characters. */
  readonly width: number;
  readonly isTerminal: boolean;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly alignsRight: boolean;
  readonly cell: (line: TreeLine, mark: string) => string;
}

const columns: readonly Column[] = [
  { title: 'ID', width: 12, alignsRight: false, cell: ({ id }) => id },
  { title: 'DISK USAGE', width: 10, alignsRight: true, cell: ({ diskUsage }) => diskUsage },
  { title: 'CONTENT SIZE', width: 12, alignsRight: true, cell: ({ contentSize }) => contentSize },
  { title: 'EXTRA', width: 5, alignsRight: false, cell: ({ inUse }, mark) => (inUse ? mark : '') },
];

const gap = '   ';
const leastNameWidth = 12;
const leastWidth = 20;
const untagged = '<untagged>';

const codes = { warning: '93', head: '1', name: '34;1', info: '96', chip: '30;106', faint: '2' } as const;

/** A table of images and their platforms, as wide as the terminal allows: columns that do not fit are left out. */
export function layOutTree(images: readonly TreeImage[], { width, isTerminal }: TreeSurroundings): string {
  const room = Math.max(width, leastWidth);
  const shown = fittingColumns(room);
  const table = new TreeTable({
    columns: shown,
    nameWidth: Math.min(widestName(images), room - widthOf(shown)),
    mark: isTerminal ? ' U ' : 'U',
    paint: (code, text) => (isTerminal && text !== '' ? `\x1b[${codes[code]}m${text}\x1b[0m` : text),
  });
  const isSpaced = images.some(({ children }) => children.length > 0);
  const lines = images.flatMap((image) => [...table.image(image), ...(isSpaced ? [''] : [])]);
  return [...table.notices(room, isTerminal ? 'i Info →  ' : 'Info ->  '), '', table.head(), ...lines]
    .map((line) => `${line}\n`)
    .join('');
}

type Paint = (code: keyof typeof codes, text: string) => string;

function fittingColumns(room: number): Column[] {
  const shown: Column[] = [];
  for (const column of columns) {
    if (room - widthOf([...shown, column]) < leastNameWidth) break;
    shown.push(column);
  }
  return shown;
}

function widthOf(shown: readonly Column[]): number {
  return shown.reduce((total, { width }) => total + gap.length + width, 0);
}

const branches = { inner: '├─ ', last: '└─ ' } as const;

function widestName(images: readonly TreeImage[]): number {
  const names = images.flatMap((image) => [
    ...(image.names.length === 0 ? [untagged] : image.names),
    ...image.children.map(({ name }) => branches.last + name),
  ]);
  return Math.max('IMAGE'.length, ...names.map((name) => name.length));
}

interface TableLook {
  readonly columns: readonly Column[];
  readonly nameWidth: number;
  /** Says that an image is in use. */
  readonly mark: string;
  readonly paint: Paint;
}

class TreeTable {
  readonly #look: TableLook;

  constructor(look: TableLook) {
    this.#look = look;
  }

  /** The stock client's warning and, at the right edge, what the mark means. */
  notices(room: number, introduction: string): string[] {
    const { mark, paint } = this.#look;
    const meaning = ' In Use ';
    const blank = ' '.repeat(Math.max(0, room - introduction.length - mark.length - meaning.length));
    const warning =
      "WARNING: This is an experimental feature. The output may change and shouldn't be depended on.";
    return [paint('warning', warning), blank + paint('info', introduction) + paint('chip', mark) + meaning];
  }

  head(): string {
    const titles = this.#look.columns.map(({ title, width }) => this.#cell(title, { width, paint: 'head' }));
    return [this.#nameCell('IMAGE', 'head'), ...titles].join(gap);
  }

  /** The lines of one image. */
  image(image: TreeImage): string[] {
    const names = image.names.length === 0 ? [untagged] : image.names;
    const last = this.#nameCell(names.at(-1) ?? '', 'name');
    const children = image.children.map((child, position) => {
      const branch = position === image.children.length - 1 ? branches.last : branches.inner;
      return this.#line(this.#nameCell(branch + child.name, child.isFaint ? 'faint' : undefined), child);
    });
    return [
      ...names.slice(0, -1).map((name) => this.#look.paint('name', name)),
      this.#line(last, image),
      ...children,
    ];
  }

  #line(name: string, line: TreeLine): string {
    const { columns: shown, mark } = this.#look;
    const cells = shown.map(({ cell, ...place }) => {
      const text = cell(line, mark);
      return this.#cell(text, {
        ...place,
        paint: text === mark ? 'chip' : line.isFaint ? 'faint' : undefined,
      });
    });
    return [name, ...cells].join(gap);
  }

  #nameCell(text: string, paint: keyof typeof codes | undefined): string {
    return this.#cell(text, { width: this.#look.nameWidth, paint });
  }

  #cell(text: string, { width, alignsRight = false, paint }: CellPlace): string {
    const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    const shown = paint === undefined ? cut : this.#look.paint(paint, cut);
    const blank = ' '.repeat(width - cut.length);
    return alignsRight ? blank + shown : shown + blank;
  }
}

interface CellPlace {
  readonly width: number;
  readonly alignsRight?: boolean;
  readonly paint: keyof typeof codes | undefined;
}
