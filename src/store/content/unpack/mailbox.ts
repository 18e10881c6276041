/** Items that one side puts and the other takes, in order. */
export class Mailbox<Item> {
  readonly #items: Item[] = [];
  #ended = false;
  #failure: unknown;
  #wake: () => void = () => {};

  put(item: Item): void {
    this.#items.push(item);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Makes every later `take` throw, once the items are taken. */
  fail(error: unknown): void {
    this.#failure = error;
    this.end();
  }

  /** The next item, once it is there; undefined at the end, for good. */
  async take(): Promise<Item | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length === 0 && this.#failure !== undefined) throw this.#failure;
    return this.#items.shift();
  }
}
