import { statfs } from 'node:fs/promises';
import { errorMessage, type Log } from '#base';
import type { DiskSpace, Images } from '#engine/images';

const intervalMs = 60_000;

/** Of the file system that a path is on. */
export async function measureDiskSpace(path: string): Promise<DiskSpace> {
  const { blocks, bfree, bavail, bsize } = await statfs(path);
  return { usedBytes: (blocks - bfree) * bsize, availableBytes: bavail * bsize };
}

/** Lets unused images go, now and every minute, when the disk is full, as far as the settings say; until it is disposed. */
export function watchDisk(images: Pick<Images, 'relieve'>, log: Log): Disposable {
  void relieve(images, log);
  const timer = setInterval(() => void relieve(images, log), intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function relieve(images: Pick<Images, 'relieve'>, log: Log): Promise<void> {
  try {
    const removed = await images.relieve();
    const names = removed.flatMap((item) => (item.kind === 'untagged' ? [item.reference] : []));
    if (removed.length > 0)
      log.info('the disk is full: unused images were removed', { images: names.join(' ') });
  } catch (error) {
    log.warn('unused images were not removed', { error: errorMessage(error) });
  }
}
