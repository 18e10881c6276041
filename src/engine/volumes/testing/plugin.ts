import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a plugin was asked: `Create hold`, `Mount hold user` … */
export type PluginCalls = readonly string[];

/** A volume driver that is a program of its own, as Docker's plugin protocol has it. */
export interface TestPlugin extends AsyncDisposable {
  readonly calls: PluginCalls;
  /** The next call of this verb is refused with these words. */
  refuseNext(verb: string, reason: string): void;
}

interface Request {
  readonly Name: string;
  readonly ID: string;
  readonly Opts?: Readonly<Record<string, string>> | null;
}

/** Serves volumes that are folders below `root` at a socket, some of them from the start; the only option is `color`. */
export async function startPlugin(
  socket: string,
  root: string,
  present: readonly string[] = [],
): Promise<TestPlugin> {
  mkdirSync(root, { recursive: true });
  const calls: string[] = [];
  const refusals = new Map<string, string>();
  const volumes = new TestVolumes(root, present);
  const server = createServer(async (request, response) => {
    const verb = request.url?.split('.').at(-1) ?? '';
    const asked: Request = JSON.parse((await text(request)) || '{}');
    calls.push([verb, asked.Name, asked.ID].filter(Boolean).join(' '));
    const reason = refusals.get(verb);
    refusals.delete(verb);
    response.setHeader('content-type', 'application/vnd.docker.plugins.v1.2+json');
    response.end(JSON.stringify(reason === undefined ? volumes.answer(verb, asked) : { Err: reason }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    calls,
    refuseNext: (verb, reason) => void refusals.set(verb, reason),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(socket, { force: true });
    },
  };
}

class TestVolumes {
  readonly #root: string;
  readonly #mounts = new Map<string, Set<string>>();

  constructor(root: string, present: readonly string[]) {
    this.#root = root;
    for (const name of present) this.#make(name);
  }

  answer(verb: string, { Name, ID, Opts }: Request): unknown {
    const users = this.#mounts.get(Name);
    switch (verb) {
      case 'Activate':
        return { Implements: ['VolumeDriver'] };
      case 'Capabilities':
        return { Capabilities: { Scope: 'global' } };
      case 'List':
        return { Volumes: [...this.#mounts.keys()].map((name) => this.#volume(name)) };
      case 'Create':
        if (Object.keys(Opts ?? {}).some((option) => option !== 'color')) return { Err: 'no such option' };
        this.#make(Name);
        return {};
    }
    if (users === undefined) return { Err: 'no such volume' };
    switch (verb) {
      case 'Get':
        return { Volume: this.#volume(Name) };
      case 'Remove':
        this.#mounts.delete(Name);
        rmSync(join(this.#root, Name), { recursive: true });
        return {};
      case 'Mount':
        users.add(ID);
        return { Mountpoint: join(this.#root, Name) };
      case 'Path':
        return { Mountpoint: join(this.#root, Name) };
      case 'Unmount':
        return users.delete(ID) ? {} : { Err: 'not mounted' };
      default:
        return { Err: `unknown call ${verb}` };
    }
  }

  #make(name: string): void {
    this.#mounts.set(name, new Set());
    mkdirSync(join(this.#root, name), { recursive: true });
  }

  #volume(name: string) {
    const isMounted = (this.#mounts.get(name)?.size ?? 0) > 0;
    return {
      Name: name,
      Mountpoint: isMounted ? join(this.#root, name) : '',
      CreatedAt: '2024-05-01T10:00:00Z',
      Status: { users: this.#mounts.get(name)?.size },
    };
  }
}
