import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whatever a test makes on the host carries one of these in its name. */
const marks = /wharf-test-|\bwt-/;

/** Traces that tests have left on this host: mounts, links, nft tables, namespaces, cgroups, files, processes. */
export function findLeaks(): string[] {
  return [
    ...mounts().map((line) => `mount: ${line}`),
    ...names('/sys/class/net').map((name) => `link: ${name}`),
    ...nftTables().map((name) => `nft: ${name}`),
    ...names('/run/netns').map((name) => `netns: ${name}`),
    ...cgroups().map((path) => `cgroup: ${path}`),
    ...['/run', '/tmp', '/var/tmp', '/var/lib'].flatMap((folder) =>
      names(folder).map((name) => `file: ${folder}/${name}`),
    ),
    ...processes().map((line) => `process: ${line}`),
  ];
}

function mounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => marks.test(line));
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => marks.test(name)) : [];
}

function nftTables(): string[] {
  return execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => marks.test(line));
}

function cgroups(): string[] {
  const root = '/sys/fs/cgroup';
  return ['', ...folders(root)].flatMap((controller) =>
    names(join(root, controller)).map((name) => join(root, controller, name)),
  );
}

function folders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => `${pid} ${commandLine(pid)}`)
    .filter((line) => marks.test(line));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
