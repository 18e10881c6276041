/** What an element has beside its children. */
export interface Traits {
  readonly class?: string;
  readonly href?: string;
  readonly type?: string;
  readonly name?: string;
  readonly autocomplete?: string;
  readonly title?: string;
  /** What it is called by those who do not see it. */
  readonly 'aria-label'?: string;
  onClick?(): void;
}

/** Makes an element. Texts become text, whatever they hold: nothing is ever read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { onClick, ...attributes }: Traits,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (onClick !== undefined) made.addEventListener('click', onClick);
  made.append(...children);
  return made;
}

/** A column of a table; one of numbers is set flush right. */
export interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
}

/** Makes a table; a cell is a text or an element. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLTableElement {
  const classOf = (place: number): Traits => (columns[place]?.isNumber ? { class: 'number' } : {});
  const heads = columns.map(({ head }, place) => element('th', classOf(place), head));
  const bodies = rows.map((row) =>
    element('tr', {}, ...row.map((cell, place) => element('td', classOf(place), cell))),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...bodies),
  );
}
