/** Places for so many at a time, which are also places of a larger whole where there is one. */
export class Places {
  #free: number;
  readonly #whole: Places | undefined;

  constructor(count: number, whole?: Places) {
    this.#free = count;
    this.#whole = whole;
  }

  /** @returns whether there was a place; it is to be given back */
  tryTake(): boolean {
    if (this.#free === 0 || this.#whole?.tryTake() === false) return false;
    this.#free -= 1;
    return true;
  }

  giveBack(): void {
    this.#free += 1;
    this.#whole?.giveBack();
  }
}
