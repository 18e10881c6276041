import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ReceiveQueue, type Wire } from '#http1';
import type { Endpoint } from '../types.ts';

type SshEndpoint = Endpoint & { kind: 'ssh' };
type SshProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Connects by way of `ssh`: at the far end a client joins our streams to its daemon's socket. */
export async function connectSsh(endpoint: SshEndpoint): Promise<Wire> {
  const args = sshArguments(endpoint);
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const queue = new ReceiveQueue(child.stdout);
  child.stdout.on('data', (chunk: Uint8Array) => queue.push(chunk));
  watchEnd(child, args, queue);
  return {
    read: () => queue.take(),
    write: (bytes) => writeTo(child.stdin, bytes),
    end: () => void child.stdin.end(),
    destroy: () => void child.kill(),
  };
}

/** A shell's line that is as good for an engine that is called by another name. */
export function sshArguments({ host, user, port, path }: SshEndpoint): string[] {
  const socket = path === undefined ? '' : `--host unix://${path} `;
  const dial = `${socket}system dial-stdio`;
  return [
    ...['-o', 'ConnectTimeout=30', '-T'],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['--', host, `command -v wharf >/dev/null && exec wharf ${dial} || exec docker ${dial}`],
  ];
}

const longestComplaint = 4096;

/** What ssh or the far end complains of is the reason that the reader gets. */
function watchEnd(child: SshProcess, args: readonly string[], queue: ReceiveQueue): void {
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, longestComplaint);
  });
  child.once('close', (code) => {
    if (code === 0 || code === null) return queue.close();
    queue.close(
      new Error(`command [ssh ${args.join(' ')}] has exited with status ${code}: ${complaint.trim()}`),
    );
  });
}

function writeTo(stream: Writable, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
