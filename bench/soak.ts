/**
 * Containers by the thousand against a daemon of its own, 20 at a time: created, run to their end and removed.
 * Prints what the daemon and the host hold before, now and then, and at the end; exits with 1 when a count of
 * descriptors, mounts, cgroups or network devices has grown.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { busyboxImage } from '../test/fixtures/busybox.ts';
import { dockerArchive } from '../test/fixtures/image.ts';
import { startWharf, type TestWharf } from '../test/testing/wharf.ts';

const total = Number(process.argv[2] ?? 5000);
const jobs = 20;
const image = 'soak:1';
/** The daemon gives memory back ten seconds after the last request. */
const restMs = 12_000;

interface Held {
  readonly containers: number;
  readonly memoryMiB: number;
  readonly descriptors: number;
  readonly mounts: number;
  readonly cgroups: number;
  readonly links: number;
}

await using wharf = await startWharf();
await wharf.docker(['load', '-q'], { input: dockerArchive(busyboxImage(image)) });
await runContainers(100);
const before = await held(100);
const rows = [before];
for (let done = 100; done < total; ) {
  const next = Math.min(total, done + Math.ceil(total / 5));
  await runContainers(next - done);
  done = next;
  rows.push(await held(done));
}
console.table(rows);
const after = rows.at(-1) ?? before;
const counted = ['descriptors', 'mounts', 'cgroups', 'links'] as const;
const grown = counted.filter((name) => after[name] > before[name]);
if (grown.length > 0) {
  console.error(`has grown: ${grown.join(', ')}`);
  process.exitCode = 1;
}

async function runContainers(count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await runOne();
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

async function runOne(): Promise<void> {
  const created = await wharf.wharf(['create', image, 'true']);
  const id = created.stdout.trim();
  for (const args of [
    ['start', '-a', id],
    ['rm', id],
  ]) {
    const { code, stderr } = await wharf.wharf(args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  }
}

async function held(containers: number): Promise<Held> {
  await pause(restMs);
  return {
    containers,
    memoryMiB: pssMiB(wharf.pid),
    descriptors: readdirSync(`/proc/${wharf.pid}/fd`).length,
    mounts: lines('/proc/self/mountinfo').filter((line) => line.includes(wharf.folder)).length,
    cgroups: cgroupsOf(wharf),
    links: readdirSync(`/sys/class/net/${wharf.bridge}/brif`).length,
  };
}

function pssMiB(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Math.round(Number(kibibytes) / 102.4) / 10;
}

/** The daemon's own parent is counted as well. */
function cgroupsOf({ cgroupParent }: TestWharf): number {
  const isOurs = (path: string): boolean => path.includes(cgroupParent.slice(1));
  return readdirSync('/sys/fs/cgroup', { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && isOurs(`${entry.parentPath}/${entry.name}`),
  ).length;
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}
