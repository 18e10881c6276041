/**
 * wharf-resolver: answers names in containers, whether their daemon is there or not.
 * `wharf-resolver --directory=DIR --resolv-conf=FILE` serves the daemon whose exec root DIR is.
 */
import { existsSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { releaseProgramText } from '#linux';
import { fileMark } from './control/file-mark.ts';
import { encodeLine, Lines, type ResolverRequest, resolverSocketName } from './control/messages.ts';
import { Resolver } from './control/resolver.ts';
import { Rest } from './control/rest.ts';
import { HostServers } from './upstream/host-servers.ts';

/** For how long a resolver waits for the daemon that has started it. */
const patienceMs = 5_000;

const { values } = parseArgs({
  options: { directory: { type: 'string' }, 'resolv-conf': { type: 'string' } },
});
process.title = 'wharf-resolver';
// From inside, the socket's name fits the kernel's address however long the path is.
process.chdir(values.directory ?? '.');
process.umask(0o077);

const program = fileMark(process.execPath);
let socketMark = '';
const daemons = new Set<Socket>();
const rest = new Rest(releaseProgramText);
const resolver = new Resolver(new HostServers(values['resolv-conf'] ?? '/etc/resolv.conf'), {
  onIdle: endIfDeserted,
  onMessage: () => rest.note(),
});

rmSync(resolverSocketName, { force: true });
createServer((daemon) => {
  daemons.add(daemon);
  const lines = new Lines<ResolverRequest>();
  daemon.setEncoding('utf8').on('data', (chunk: string) => {
    for (const request of lines.take(chunk)) follow(daemon, request);
  });
  daemon.on('error', () => daemon.destroy());
  daemon.on('close', () => {
    daemons.delete(daemon);
    endIfDeserted();
  });
  daemon.write(encodeLine({ type: 'hello', program }));
}).listen(resolverSocketName, () => {
  socketMark = fileMark(resolverSocketName);
  setTimeout(endIfDeserted, patienceMs).unref();
  process.stdout.write('listening\n');
});

function follow(daemon: Socket, request: ResolverRequest): void {
  if (request.type === 'end') end();
  if (request.type === 'ask') daemon.write(encodeLine({ type: 'answer', number: request.number }));
  resolver.follow(request);
}

/** With no container to answer and no daemon to tell of one, there is nothing to be here for. */
function endIfDeserted(): void {
  if (daemons.size === 0 && resolver.isIdle) end();
}

/** The socket may be the next resolver's by now. */
function end(): never {
  const isOwn = existsSync(resolverSocketName) && fileMark(resolverSocketName) === socketMark;
  if (isOwn) rmSync(resolverSocketName);
  process.exit(0);
}
