/** The main job, start to end, in plain steps: pull from a real registry, run, reach, look inside, crash, clean up. */
import { busyboxImage } from '../test/fixtures/busybox.ts';
import { startRegistry } from '../test/fixtures/registry.ts';
import { freePort } from '../test/testing/free-port.ts';
import { eventually } from '../test/testing/programs.ts';
import { startWharf } from '../test/testing/wharf.ts';

const say = (text: string) => console.log(`\n=== ${text}`);

say('A registry (Debian docker-registry) gets a small image made from Debian busybox-static');
await using registry = await startRegistry();
await registry.push(busyboxImage('demo/web:1'));
const image = `${registry.address}/demo/web:1`;
console.log(`pushed ${image}`);

say('wharfd starts with folders, a socket and a bridge of its own');
await using wharf = await startWharf();
await docker('version');

say('The stock docker client pulls the image through Wharf');
await docker('pull', image);
await docker('images');

say('A web server runs from it with a published port');
const port = await freePort();
const serve = 'echo the harbour is open; exec httpd -f -p 80 -h /www';
await docker('run', '-d', '--name', 'web', '-p', `${port}:80`, image, 'sh', '-c', serve);
await fetchPage();

say('What runs, what it logged, and a command inside it');
await docker('ps');
await docker('logs', 'web');
await docker('exec', 'web', 'ps');

say('The daemon is killed (SIGKILL); the page is fetched while no daemon runs');
await wharf.stop('SIGKILL');
await fetchPage();

say('A new daemon finds the container as it was: same process, same log');
await wharf.start();
await docker('ps');
await docker('logs', 'web');
await fetchPage();

say('The same through the wharf command');
console.log((await wharf.wharf(['ps'])).stdout.trimEnd());

say('Cleaning up');
await docker('rm', '-f', 'web');
await docker('rmi', image);
await wharf.stop();

async function docker(...args: readonly string[]): Promise<void> {
  console.log(`$ docker ${args.join(' ')}`);
  console.log(await wharf.dockerOk(args));
}

async function fetchPage(): Promise<void> {
  console.log(`$ fetch http://127.0.0.1:${port}/`);
  const get = () => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) });
  // The server may need a moment after its container has started.
  const response = await eventually('the page is served', () => get().catch(() => undefined));
  console.log(`${response.status} ${(await response.text()).trimEnd()}`);
}
