import { addon } from './addon.ts';

/** An open descriptor that its holder must dispose of. */
export interface OpenDescriptor extends Disposable {
  readonly fd: number;
  /** A path of this process for what the descriptor has open; paths below it are not confined. */
  readonly path: string;
}

/** Takes over a descriptor; disposing twice closes once. */
export function ownDescriptor(fd: number): OpenDescriptor {
  let open = true;
  return {
    fd,
    path: `/proc/self/fd/${fd}`,
    [Symbol.dispose]() {
      if (open) addon().close(fd);
      open = false;
    },
  };
}
