import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cgroupDirectories, describeSetup, detectCgroups, mountPointsBelow } from '#linux';
import { exchange } from './exchange.ts';
import { runProgram } from './programs.ts';
import type { TestWharf } from './wharf.ts';

const cgroups = detectCgroups();
const isId = (name: string) => /^[0-9a-f]{64}$/.test(name);

/** A container as the list tells it. */
export interface Listed {
  readonly Id: string;
  readonly State: string;
  readonly Ports: readonly { readonly PublicPort?: number }[];
}

/** What a daemon's places hold: ids of containers, and what of theirs is outside. */
export interface Holdings {
  readonly durable: readonly string[];
  readonly snapshots: readonly string[];
  readonly bundles: readonly string[];
  readonly shims: readonly string[];
  readonly cgroups: readonly string[];
  /** How many containers are on the bridge. */
  readonly endpoints: number;
  readonly ports: readonly number[];
  readonly volumes: readonly string[];
  /** How many volumes are mounted on the host. */
  readonly mountedVolumes: number;
}

export async function holdingsOf(wharf: TestWharf): Promise<Holdings> {
  const { dataRoot, execRoot, bridge } = wharf;
  const parents = cgroupDirectories(describeSetup(cgroups, wharf.cgroupParent));
  return {
    durable: namesIn(`${dataRoot}/containers`),
    snapshots: namesIn(`${dataRoot}/snapshots`).filter(isId),
    bundles: namesIn(`${execRoot}/containers`),
    shims: shimsOf(execRoot),
    cgroups: [...new Set(parents.flatMap(namesIn).filter(isId))],
    endpoints: namesIn(`/sys/class/net/${bridge}/brif`).length,
    ports: (await Promise.all((await bridgesOf(wharf)).map(portsOf))).flat(),
    volumes: volumesIn(`${dataRoot}/volumes`),
    mountedVolumes: mountPointsBelow(`${dataRoot}/volumes`).length,
  };
}

/** What of it does not agree with the containers and volumes that are listed; empty when all does. */
export function disagreements(
  holdings: Holdings,
  listed: readonly Listed[],
  volumes: readonly string[],
): string[] {
  const all = listed.map(({ Id }) => Id);
  const live = listed.filter(({ State }) => ['running', 'paused'].includes(State));
  const liveIds = live.map(({ Id }) => Id);
  const ports = live.flatMap(({ Ports }) => Ports.flatMap(({ PublicPort }) => PublicPort ?? []));
  const isSame = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((value) => b.includes(value));
  const checks = {
    durable: isSame(holdings.durable, all),
    snapshots: isSame(holdings.snapshots, all),
    bundles: holdings.bundles.every((id) => all.includes(id)),
    shims: isSame(holdings.shims, liveIds),
    cgroups: isSame(holdings.cgroups, liveIds),
    endpoints: holdings.endpoints === live.length,
    ports: isSame(holdings.ports, [...new Set(ports)]),
    volumes: isSame(holdings.volumes, volumes),
    mountedVolumes: holdings.mountedVolumes <= live.length,
  };
  return Object.entries(checks)
    .filter(([, agrees]) => !agrees)
    .map(([place]) => place);
}

/** Those that are being removed count too. */
function volumesIn(root: string): string[] {
  const removed = '.removed';
  return [...namesIn(root).filter((name) => name !== removed), ...namesIn(`${root}/${removed}`)];
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** The containers whose shims live, by the directory in their command line. */
function shimsOf(execRoot: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const directory = words.find((word) => word.startsWith(`--dir=${execRoot}/containers/`));
      return directory === undefined ? [] : [directory.slice(directory.lastIndexOf('/') + 1)];
    } catch {
      return [];
    }
  });
}

/** The names of all bridges, which are those of the tables with their rules. */
async function bridgesOf({ socketPath }: TestWharf): Promise<string[]> {
  const { text } = await exchange(socketPath, 'GET', '/networks?filters={"driver":["bridge"]}');
  const networks: { Id: string; Options: Record<string, string> }[] = JSON.parse(text);
  return networks.map(
    ({ Id, Options }) => Options['com.docker.network.bridge.name'] ?? `br-${Id.slice(0, 12)}`,
  );
}

/** The host's ports in the maps of the bridge's nftables table. */
async function portsOf(bridge: string): Promise<number[]> {
  const { stdout } = await runProgram('nft', ['list', 'table', 'ip', bridge]);
  return [...stdout.matchAll(/(?:tcp|udp) \. (\d+) :/g)].map(([, port]) => Number(port));
}
