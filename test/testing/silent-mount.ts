import { closeSync, openSync } from 'node:fs';
import { mount, unmount } from '#linux';

/**
 * A FUSE file system at `target` whose server, this process, never answers: every look into it waits, until it is
 * disposed of. Whoever looks synchronously waits for ever.
 */
export function mountSilent(target: string): Disposable {
  const server = openSync('/dev/fuse', 'r+');
  const data = `fd=${server},rootmode=40000,user_id=0,group_id=0`;
  mount({ source: 'silent', target, type: 'fuse', data });
  return {
    [Symbol.dispose]() {
      closeSync(server);
      unmount(target, { lazy: true });
    },
  };
}
