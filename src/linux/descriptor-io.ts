import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked, checkedPair } from './errno.ts';

const wouldBlock = -11;

/** A pipe; neither end blocks its reader or writer. @throws SystemCallError */
export function openPipe(): { readonly reader: OpenDescriptor; readonly writer: OpenDescriptor } {
  const nonBlocking = 0o4000;
  const [reader, writer] = checkedPair(addon().pipe(nonBlocking), 'pipe2');
  return { reader: ownDescriptor(reader), writer: ownDescriptor(writer) };
}

/** Makes reads and writes return instead of waiting; holds for everyone who shares the open file. */
export function setNonBlocking(fd: number): void {
  checked(addon().setNonBlocking(fd, 1), 'fcntl');
}

/**
 * Reads what is there now, from a descriptor that does not block.
 * @returns the number of bytes, 0 at the end, undefined when there is nothing yet
 * @throws SystemCallError
 */
export function readAvailable(fd: number, buffer: Uint8Array): number | undefined {
  const result = addon().read(fd, buffer);
  return result === wouldBlock ? undefined : checked(result, 'read');
}

/**
 * Writes as much as there is room for, to a descriptor that does not block.
 * @returns the number of bytes taken
 * @throws SystemCallError
 */
export function writeAvailable(fd: number, bytes: Uint8Array): number {
  const result = addon().write(fd, bytes);
  return result === wouldBlock ? 0 : checked(result, 'write');
}

/** A second descriptor for what the first has open; it stays when the first is closed. @throws SystemCallError */
export function duplicate(fd: number): OpenDescriptor {
  return ownDescriptor(checked(addon().duplicate(fd), 'fcntl'));
}

/**
 * Moves bytes of a file to a socket that does not block, without a copy in this process.
 * @returns the number of bytes taken, 0 past the file's end, undefined when there is no room
 * @throws SystemCallError
 */
export function sendAvailable(
  socket: number,
  file: number,
  offset: number,
  length: number,
): number | undefined {
  const result = addon().sendFile(socket, file, offset, length);
  return result === wouldBlock ? undefined : checked(result, 'sendfile');
}
