import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Machine, unpackDebian } from './images.ts';

/** Starts machines; the process ends when the machine powers off, its output is the machine's console. */
export type Emulator = (
  machine: Machine,
  disk: string,
  kernelArguments: readonly string[],
) => ChildProcessByStdio<null, Readable, null>;

/**
 * QEMU of Debian 13, unpacked in `tree` unless it is there: that of Debian 12 computes wrongly, and kernels of the
 * machine die of it. Emulated, on one host thread: the same everywhere, and the host has other things to do.
 */
export function prepareEmulator(tree: string): Emulator {
  const libraries = `${tree}/usr/lib/x86_64-linux-gnu`;
  const program = `${tree}/usr/bin/qemu-system-x86_64`;
  if (!existsSync(program)) unpackDebian('trixie', ['qemu-system-x86'], tree);
  const loader = [`${tree}/usr/lib64/ld-linux-x86-64.so.2`, '--library-path', libraries];
  const firmware = ['-L', `${tree}/usr/share/qemu`, '-L', `${tree}/usr/share/seabios`];
  return (machine, disk, kernelArguments) =>
    spawn('nice', [...loader, program, ...firmware, ...describe(machine, disk, kernelArguments)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
}

/** What the machine writes to its disks is forgotten. */
function describe(
  { kernel, initrd, root }: Machine,
  disk: string,
  kernelArguments: readonly string[],
): string[] {
  const drive = (file: string) => ['-drive', `file=${file},if=virtio,format=raw,snapshot=on`];
  const basics = [
    ...['root=/dev/vda rw console=ttyS0 quiet loglevel=1', 'mitigations=off oops=panic panic=-1'],
    ...['systemd.show_status=0', 'systemd.mask=serial-getty@ttyS0.service'],
  ];
  return [
    ...['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '2', '-m', '3G'],
    ...['-nodefaults', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-nic', 'user,model=virtio-net-pci'],
    ...['-kernel', kernel, '-initrd', initrd, '-append', [...basics, ...kernelArguments].join(' ')],
    ...drive(root),
    ...drive(disk),
  ];
}
