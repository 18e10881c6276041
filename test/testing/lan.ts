import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { repository } from './programs.ts';

const asking = `
  const [kind, address, port, patience] = process.argv.slice(-4);
  const end = (text) => { console.log(String(text).trim()); process.exit(0); };
  setTimeout(end, Number(patience), 'silence');
  if (kind === 'tcp') {
    const socket = require('node:net').connect(Number(port), address);
    let answer = '';
    socket.on('data', (data) => { answer += data; }).on('end', () => end(answer)).on('error', (error) => end(error.code));
  } else {
    const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', end).on('error', (error) => end(error.code));
    socket.send('hello', Number(port), address);
  }`;

export interface Call {
  readonly protocol?: 'tcp' | 'udp';
  /** How long to wait for an answer: short when none is expected. */
  readonly patienceMs?: number;
}

/** A script that runs until it is disposed of. */
export class LanProgram implements Disposable {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcessByStdio<null, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line that it prints and that is like this. @throws when it ends without one */
  async line(pattern = /./): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the script ended without a line like ${pattern}`);
      if (pattern.test(value)) return value;
    }
  }

  /** Asks it to end. */
  end(): void {
    this.#child.kill('SIGTERM');
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** A host of its own: a network namespace in which programs run. */
export class LanHost {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** What a program started here is to be called by. */
  get prefix(): readonly [string, string] {
    return ['nsenter', `--net=/run/netns/${this.name}`];
  }

  /** Runs a program here and returns what it prints. @throws when it fails */
  run(...argv: readonly string[]): string {
    const [program, option] = this.prefix;
    return execFileSync(program, [option, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Starts a script of Node's here. */
  start(script: string): LanProgram {
    const [program, option] = this.prefix;
    return new LanProgram(
      spawn(program, [option, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  }

  /** Loads nftables rules. */
  nft(rules: string): void {
    const [program, option] = this.prefix;
    execFileSync(program, [option, 'nft', '-f', '-'], { input: `${rules}\n`, stdio: 'pipe' });
  }

  /** What a call from here is answered; an errno's name when it is refused, or `silence`. */
  ask(address: string, port: number, { protocol = 'tcp', patienceMs = 10_000 }: Call = {}): string {
    const parameters = [protocol, address, String(port), String(patienceMs)];
    return this.run(process.execPath, '-e', asking, '--', ...parameters).trim();
  }
}

/** Where the two hosts of a Lan see each other. */
export const ours = { ipv4: '192.0.2.1', ipv6: '2001:db8::1', other: '192.0.2.9' } as const;
export const theirs = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' } as const;

/** A host for a daemon and another host beside it, by a cable and by nothing else. */
export interface Lan extends AsyncDisposable {
  readonly host: LanHost;
  readonly client: LanHost;
  /** A program that is wharfd on the host. */
  readonly wharfd: string;
}

/** Makes both hosts with addresses of IPv4 and IPv6; everything they have goes with them. */
export async function makeLan(): Promise<Lan> {
  const folder = await mkdtemp('/var/tmp/wharf-test-');
  const mark = folder.slice(-6);
  const [host, client] = [new LanHost(`wt-${mark}-h`), new LanHost(`wt-${mark}-c`)];
  const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: 'pipe' });
  for (const { name } of [host, client]) ip('netns', 'add', name);
  ip('-n', host.name, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', client.name);
  const inside = (where: LanHost, link: string, addresses: readonly string[]) => {
    for (const address of addresses)
      ip('-n', where.name, 'addr', 'add', address, 'dev', link, ...dad(address));
    for (const device of ['lo', link]) ip('-n', where.name, 'link', 'set', device, 'up');
  };
  inside(host, 'lan', [`${ours.ipv4}/24`, `${ours.other}/24`, `${ours.ipv6}/64`]);
  inside(client, 'eth0', [`${theirs.ipv4}/24`, `${theirs.ipv6}/64`]);
  // So that the client could call containers by their own addresses, if it were let.
  ip('-n', client.name, 'route', 'add', 'default', 'via', ours.ipv4);
  ip('-n', client.name, '-6', 'route', 'add', 'default', 'via', ours.ipv6);
  const wharfd = `${folder}/wharfd`;
  writeFileSync(wharfd, `#!/bin/sh\nexec ${host.prefix.join(' ')} ${repository}bin/wharfd "$@"\n`);
  chmodSync(wharfd, 0o755);
  return {
    host,
    client,
    wharfd,
    async [Symbol.asyncDispose]() {
      for (const { name } of [host, client]) ip('netns', 'del', name);
      await rm(folder, { recursive: true });
    },
  };
}

/** The addresses are wanted at once. */
function dad(address: string): readonly string[] {
  return address.includes(':') ? ['nodad'] : [];
}
