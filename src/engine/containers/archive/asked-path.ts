/** A path of a container in the words of the one who asks. */
export interface AskedPath {
  /** How the container was named. */
  readonly ref: string;
  readonly path: string;
}
