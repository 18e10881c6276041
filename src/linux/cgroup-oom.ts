import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { addon } from './addon.ts';
import { type CgroupSetup, cgroupDirectory } from './cgroup-host.ts';
import { oomKills } from './cgroup-stats.ts';
import { ownDescriptor } from './descriptor.ts';
import { readAvailable } from './descriptor-io.ts';
import { checked } from './errno.ts';
import { pollEvent, watchDescriptor } from './poll.ts';

/**
 * Calls back each time the cgroup has no memory left and the kernel kills a process of it, until disposed of. A
 * killing that comes before or at the very end may go untold: see oomKills().
 * @throws SystemCallError, when there is no such cgroup; nothing is told where no memory controller is mounted
 */
export function watchOom(setup: CgroupSetup, onOom: () => void): Disposable {
  const directory = cgroupDirectory(setup, 'memory');
  if (directory === undefined) return new DisposableStack();
  return setup.version === 2 ? watchCounters(directory, setup, onOom) : watchControl(directory, onOom);
}

/** cgroup v1 counts up an eventfd, also when the cgroup is removed. */
function watchControl(directory: string, onOom: () => void): Disposable {
  using undo = new DisposableStack();
  const counter = undo.use(ownDescriptor(checked(addon().eventCounter(), 'eventfd')));
  const control = openSync(`${directory}/memory.oom_control`, 'r');
  try {
    writeFileSync(`${directory}/cgroup.event_control`, `${counter.fd} ${control}`);
  } finally {
    closeSync(control);
  }
  const count = new Uint8Array(8);
  const watch = watchDescriptor(counter.fd, () => {
    readAvailable(counter.fd, count);
    if (!existsSync(directory)) return;
    watch.arm(pollEvent.readable);
    onOom();
  });
  undo.use(watch);
  watch.arm(pollEvent.readable);
  return undo.move();
}

/** cgroup v2 makes the file ready with priority when one of its counters changes, until it is read again. */
function watchCounters(directory: string, setup: CgroupSetup, onOom: () => void): Disposable {
  using undo = new DisposableStack();
  const file = undo.adopt(openSync(`${directory}/memory.events`, 'r'), closeSync);
  const text = new Uint8Array(512);
  let kills = oomKills(setup);
  const watch = watchDescriptor(file, () => {
    if (!existsSync(directory)) return;
    readSync(file, text, 0, text.length, 0);
    watch.arm(pollEvent.priority);
    const before = kills;
    kills = oomKills(setup);
    if (kills > before) onOom();
  });
  undo.use(watch);
  readSync(file, text, 0, text.length, 0);
  watch.arm(pollEvent.priority);
  return undo.move();
}
