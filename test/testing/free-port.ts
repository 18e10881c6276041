import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that a kernel gives to outgoing connections: so that none of them takes it meanwhile. */
const [lowest, highest] = [20_000, 32_000];

/** A TCP port that is free on every IPv4 address. @throws Error when none was found */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '0.0.0.0', () => probe.close(() => resolve(true)));
  });
}
