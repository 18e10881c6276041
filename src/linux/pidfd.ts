import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';

/** A descriptor of the process; readable when it has ended. @throws SystemCallError ESRCH */
export function openPidfd(pid: number): OpenDescriptor {
  return ownDescriptor(checked(addon().pidfdOpen(pid), 'pidfd_open'));
}

/** Sends a signal to exactly the process that was opened. @throws SystemCallError ESRCH when it has ended */
export function signalPidfd(pidfd: OpenDescriptor, signal: number): void {
  checked(addon().pidfdSendSignal(pidfd.fd, signal), 'pidfd_send_signal');
}

/**
 * A descriptor of ours for what another process has open; the kernel lets do so who may trace that process.
 * @throws SystemCallError ESRCH, EBADF, EPERM
 */
export function takeDescriptor(pid: number, fd: number): OpenDescriptor {
  using process = openPidfd(pid);
  return ownDescriptor(checked(addon().pidfdGetDescriptor(process.fd, fd), 'pidfd_getfd'));
}
