/** Values that somebody may already wait for before they are there. */
export class WaitingMap<T> {
  readonly #values = new Map<string, T>();
  #news = Promise.withResolvers<void>();

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    this.#values.set(key, value);
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers<void>();
    resolve();
  }

  /** Forgets a value; another of the same key stays. */
  delete(key: string, value: T): void {
    if (this.#values.get(key) === value) this.#values.delete(key);
  }

  /** Waits for a value that may come a moment later; undefined when it does not. @throws the signal's reason */
  async when(key: string, patienceMs: number, signal: AbortSignal): Promise<T | undefined> {
    const late = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    while (!late.aborted && !this.#values.has(key)) await settledOrAborted(this.#news.promise, late);
    signal.throwIfAborted();
    return this.#values.get(key);
  }
}

/** Resolves when either has happened. */
async function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', onAbort);
}
