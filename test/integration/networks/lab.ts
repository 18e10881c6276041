import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { silentLog } from '#base';
import { createNetworks, type JoinRequest, type Networks, type Sandbox } from '#engine/networks';
import { openSocket, socketFamily, socketType } from '#linux';
import { type Metadata, openMetadata } from '#store/metadata';
import { freeSubnet } from '../../testing/free-subnet.ts';

const mark = `wt-${process.pid.toString(36)}`;
/** A device's name that no other run of the tests has. */
export const deviceName = (word: string) => `${mark}-${word}`;

/** The bridge of the lab's own networks. */
export const device = deviceName('bridge');
/** Our end of the cable to the other host, and where it and we see each other. */
export const cable = deviceName('cable');
const subnet = freeSubnet();
export const ourAddress = `${subnet}.1`;
export const otherAddress = `${subnet}.2`;

/** Runs a program and returns what it prints. */
export function run(...argv: [string, ...string[]]): string {
  const [file, ...parameters] = argv;
  return execFileSync(file, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A process that stands for a container: it answers every TCP connection and datagram by the caller's address. */
const answering = `
  const port = Number(process.argv.at(-1));
  require('node:net').createServer((socket) => socket.end(socket.remoteAddress)).listen(port, '0.0.0.0', () => {
    const udp = require('node:dgram').createSocket('udp4');
    udp.on('message', (_, from) => udp.send(from.address, from.port, from.address));
    udp.bind(port, '0.0.0.0', () => console.log('ready'));
  });`;
const askingTcp = `
  const [address, port, patience] = process.argv.slice(-3);
  const socket = require('node:net').connect(Number(port), address);
  socket.on('data', (data) => { console.log(String(data)); process.exit(0); });
  socket.on('error', (error) => { console.log(error.code); process.exit(0); });
  setTimeout(() => { console.log('silence'); process.exit(0); }, Number(patience));`;
const askingUdp = `
  const [address, port, patience] = process.argv.slice(-3);
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (data) => { console.log(String(data)); process.exit(0); });
  socket.send('hello', Number(port), address);
  setTimeout(() => { console.log('silence'); process.exit(0); }, Number(patience));`;

interface Call {
  readonly protocol?: 'tcp' | 'udp';
  /** How long to wait for an answer: short when none is expected. */
  readonly patienceMs?: number;
}

function askingArguments(address: string, port: number, call: Call): string[] {
  const { protocol = 'tcp', patienceMs = 10_000 } = call;
  const script = protocol === 'tcp' ? askingTcp : askingUdp;
  return ['-e', script, '--', address, String(port), String(patienceMs)];
}

/** A network namespace with a process in it. */
export class Place implements Disposable {
  readonly name: string;
  readonly #processes: ChildProcess[] = [];

  constructor(name: string) {
    this.name = name;
    run('ip', 'netns', 'add', name);
  }

  /** Answers at a port; returns the pid. */
  async answer(port: number): Promise<number> {
    const argv = ['netns', 'exec', this.name, process.execPath, '-e', answering, '--', String(port)];
    const child = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#processes.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child.pid ?? 0;
  }

  /** The answer to a call from here: the address that the callee saw, an errno name, or `silence`. */
  ask(address: string, port: number, call: Call = {}): string {
    return run(
      'ip',
      'netns',
      'exec',
      this.name,
      process.execPath,
      ...askingArguments(address, port, call),
    ).trim();
  }

  [Symbol.dispose](): void {
    for (const child of this.#processes) child.kill('SIGKILL');
    run('ip', 'netns', 'del', this.name);
  }
}

/** The same call from this host. */
export function ask(address: string, port: number, call: Call = {}): string {
  return run(process.execPath, ...askingArguments(address, port, call)).trim();
}

/** Networks of the host's own namespace with a default bridge of that name. */
export function connect(metadata: Metadata, bridge: string): Networks {
  const events = { publish: () => undefined };
  return createNetworks({ metadata, events, log: silentLog, defaultBridge: { device: bridge } });
}

export interface Container {
  readonly place: Place;
  readonly sandbox: Sandbox;
}

/** Networks on a bridge of the test's own, another host beside ours, and containers made by hand. */
export class Lab implements AsyncDisposable {
  readonly metadata: Metadata = openMetadata(':memory:');
  readonly other: Place;
  readonly #places: Place[] = [];
  networks: Networks = connect(this.metadata, device);

  constructor() {
    const otherHost = `${mark}-other`;
    this.other = new Place(otherHost);
    run('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', otherHost);
    run('ip', 'addr', 'add', `${ourAddress}/24`, 'dev', cable);
    run('ip', 'link', 'set', cable, 'up');
    run('ip', '-n', otherHost, 'addr', 'add', `${otherAddress}/24`, 'dev', 'eth0');
    for (const link of ['lo', 'eth0']) run('ip', '-n', otherHost, 'link', 'set', link, 'up');
    run('ip', '-n', otherHost, 'route', 'add', 'default', 'via', ourAddress);
  }

  /** A daemon's new life: what was in memory is forgotten. */
  async restart(): Promise<Networks> {
    await this.networks[Symbol.asyncDispose]();
    this.networks = connect(this.metadata, device);
    return this.networks;
  }

  /** Joins the networks and makes the devices as shim and init do. */
  async start(name: string, request: Partial<JoinRequest> = {}): Promise<Container> {
    const place = new Place(`${mark}-${name}`);
    this.#places.push(place);
    const pid = await place.answer(8080);
    const endpoints = [{ network: 'bridge' }];
    const sandbox = await this.networks.join({
      containerId: name.padEnd(64, '0'),
      containerName: name,
      endpoints,
      ports: [],
      ...request,
    });
    for (const { message, pidOffset = 0 } of sandbox.launch?.hostMessages ?? []) {
      new DataView(message.buffer).setUint32(pidOffset, pid, true);
      sendRoute(message);
    }
    for (const message of sandbox.launch?.insideMessages ?? []) sendRoute(message, place.name);
    await sandbox.publish();
    return { place, sandbox };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A namespace that is deleted takes its links with it only some time later.
    run('ip', 'link', 'delete', cable);
    for (const place of [...this.#places, this.other]) place[Symbol.dispose]();
    await this.networks.destroy();
    this.metadata.close();
  }
}

/** Sends encoded route messages, in a named namespace if given, and fails on the first refusal. */
function sendRoute(messages: Uint8Array, netns?: string): void {
  const namespace = netns === undefined ? undefined : openSync(`/run/netns/${netns}`, constants.O_RDONLY);
  const request = { family: socketFamily.netlink, type: socketType.raw };
  using socket = openSocket(namespace === undefined ? request : { ...request, netns: namespace });
  if (namespace !== undefined) closeSync(namespace);
  writeSync(socket.fd, messages);
  const answer = Buffer.alloc(4096);
  for (let unanswered = count(messages); unanswered > 0; ) {
    const length = readSync(socket.fd, answer);
    for (let at = 0; at < length; at += answer.readUInt32LE(at), unanswered--) {
      const errno = -answer.readInt32LE(at + 16);
      if (errno !== 0) throw new Error(`netlink message ${answer.readUInt32LE(at + 8)}: errno ${errno}`);
    }
  }
}

function count(messages: Uint8Array): number {
  const view = new DataView(messages.buffer);
  let number = 0;
  for (let at = 0; at < messages.length; at += view.getUint32(at, true)) number++;
  return number;
}

/** One port request in the short form of tests. */
export function port(hostPort: number, options: { address?: string; protocol?: 'tcp' | 'udp' } = {}) {
  const { address = '', protocol = 'tcp' } = options;
  return { port: 8080, protocol, hostAddress: address, hostPort, hostPortEnd: hostPort };
}
