import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { errnoOf } from '#base';

/** Sends datagrams to one place of the network. */
export interface Datagrams extends AsyncDisposable {
  /** Resolves when the kernel has taken it; one that is too long for it is left out. @throws Error when it can't be sent */
  send(bytes: Buffer): Promise<void>;
}

/** @throws Error when the host has no address */
export async function openDatagrams(host: string, port: number): Promise<Datagrams> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  // What the network tells about an earlier datagram helps nobody.
  socket.on('error', () => undefined);
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, port, address, (error) => {
          if (error && errnoOf(error) !== 'EMSGSIZE') reject(error);
          else resolve();
        });
      }),
    async [Symbol.asyncDispose]() {
      socket.close();
    },
  };
}
