/** A byte connection with backpressure: bytes are pulled, and a write resolves when more are welcome. */
export interface Wire {
  /** The next bytes, or undefined at the end. One reader at a time. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array | string): Promise<void>;
  /** Ends our direction; the other one goes on. */
  end(): void;
  destroy(): void;
}
