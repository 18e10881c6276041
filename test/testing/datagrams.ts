import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { eventually } from './programs.ts';

const program = `
import os, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
while True:
    print(receiver.recv(1 << 20).hex(), flush=True)
`;

/** Datagrams that came to a unix socket, as text of single bytes. */
export interface UnixDatagrams extends Disposable {
  readonly messages: string[];
}

/** Listens on a unix socket for datagrams, which no JavaScript runtime does. */
export async function receiveUnixDatagrams(path: string): Promise<UnixDatagrams> {
  const child = spawn('/usr/bin/python3', ['-c', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const messages: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.map((line) => Buffer.from(line, 'hex').toString('latin1')));
  });
  await eventually('the socket is there', () => existsSync(path));
  return { messages, [Symbol.dispose]: () => void child.kill() };
}
