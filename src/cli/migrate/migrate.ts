import type { ContainerInspect, ImageInspect } from '#api';
import { ApiClient, imagePath, parseEndpoint } from '#client';
import { defineCommand, exactly } from '../command.ts';
import { containerPath, containerPost } from '../container/path.ts';
import { contextEndpoint } from '../context/store.ts';
import { bool } from '../flags/index.ts';
import type { Session } from '../session.ts';
import { moveImage, unpackNames } from './move-image.ts';
import { moveNetworks } from './move-networks.ts';
import { moveVolumes, type Tell } from './move-volumes.ts';
import { type Cargo, openSide, type Side, tryGet } from './sides.ts';
import { originLabel, runLabel, targetRequest } from './target-request.ts';

interface MigrateRules {
  readonly stop: boolean;
  readonly rm: boolean;
  readonly binds: boolean;
}

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER HOST'],
  description: `Move a container to another engine: its image with what it has written, its
volumes, the networks it wants and its settings

HOST is an address as of DOCKER_HOST (unix, tcp or ssh) or the name of a context;
this engine or Docker's may be there. Everything is compared before the container
here is renamed to NAME-migrated, or removed with --rm. When the move breaks, all
that was here still is, and the same command goes on where it broke.`,
  operands: exactly(2),
  flags: {
    'leave-binds': bool('Move it although folders of this host are mounted in it: they stay'),
    rm: bool('Remove the container here, with its anonymous volumes, when all is there'),
    stop: bool('Stop it when it runs, and start it there'),
  },
  async run(session, { operands: [name = '', host = ''], values }) {
    const client = openHost(session, host);
    try {
      const rules = { stop: values.stop, rm: values.rm, binds: values['leave-binds'] };
      const [source, target] = [await openSide(session.client, 'this host'), await openSide(client, host)];
      await migrate(source, target, { name, rules }, (line) => session.caller.writeError(`${line}\n`));
      session.caller.writeOut(`${name}\n`);
    } finally {
      client.close();
    }
    return undefined;
  },
});

function openHost({ options }: Session, host: string): ApiClient {
  const endpoint = host.includes('://')
    ? parseEndpoint(host, options.tls)
    : contextEndpoint(options.configDirectory, host);
  return new ApiClient({ endpoint });
}

async function migrate(
  source: Side,
  target: Side,
  { name, rules }: { readonly name: string; readonly rules: MigrateRules },
  tell: Tell,
): Promise<void> {
  const found = await readCargo(source, name);
  const earlier = await refuseForeign(target, found);
  if (!rules.binds) refuseBinds(found);
  const cargo = await atRest(source, found, rules);
  try {
    await moveAtRest(source, target, { cargo, earlier, rules }, tell);
  } catch (error) {
    if (found.container.State.Running) tell(`container ${cargo.name}: stays stopped on ${source.name}`);
    throw error;
  }
}

interface MoveAtRest {
  readonly cargo: Cargo;
  /** What an earlier attempt has made on the other side. */
  readonly earlier: Moved | undefined;
  readonly rules: MigrateRules;
}

async function moveAtRest(
  source: Side,
  target: Side,
  { cargo, earlier, rules }: MoveAtRest,
  tell: Tell,
): Promise<void> {
  // It is made when all that it needs is there.
  const moved = earlier ?? (await moveAll(source, target, cargo, tell));
  await refuseDifferent(target, moved.id, cargo);
  await refuseRunAgain(source, cargo);
  tell(`container ${cargo.name}: made and verified`);
  if (rules.stop) await target.client.call(containerPost(moved.id, 'start'));
  await leaveBehind(source, cargo, rules);
  await unpackNames(source, target, cargo, moved.image);
}

/** The container on the other side. */
interface Moved {
  readonly id: string;
  /** Name of its image there. */
  readonly image: string;
}

async function moveAll(source: Side, target: Side, cargo: Cargo, tell: Tell): Promise<Moved> {
  const image = await moveImage(source, target, cargo);
  tell(`image ${image}: there`);
  await moveNetworks(source, target, cargo, tell);
  await moveVolumes(source, target, { cargo, images: { source: cargo.image.Id, target: image }, tell });
  return { id: await createThere(target, cargo, image), image };
}

async function readCargo({ client }: Side, ref: string): Promise<Cargo> {
  const container = await client.json<ContainerInspect>({ method: 'GET', path: containerPath(ref, 'json') });
  const path = `/images/${imagePath(container.Image)}/json`;
  const image = await client.json<ImageInspect>({ method: 'GET', path });
  return { container, name: container.Name.replace(/^\//, ''), image };
}

/** The container of that name on the other side, when an earlier attempt has made it. @throws Error for another one */
async function refuseForeign(target: Side, { name, container }: Cargo): Promise<Moved | undefined> {
  const there = await tryGet<ContainerInspect>(target, containerPath(name, 'json'));
  if (there === undefined) return undefined;
  const { Id: id, Config: config } = there;
  if (config.Labels?.[originLabel] === container.Id) {
    if (config.Labels[runLabel] === container.State.StartedAt) return { id, image: config.Image };
    throw new Error(`${name} has run again since it was made on ${target.name}: remove it there first`);
  }
  throw new Error(`${target.name} has another container ${name}`);
}

/** @throws Error when it runs and may not be stopped, or needs another container */
async function atRest(source: Side, cargo: Cargo, { stop }: MigrateRules): Promise<Cargo> {
  const { container, name } = cargo;
  const { HostConfig, Id } = container;
  const shared = [HostConfig.NetworkMode, HostConfig.IpcMode, HostConfig.PidMode].find((mode) =>
    mode.startsWith('container:'),
  );
  if (shared !== undefined) throw new Error(`${name} shares namespaces with ${shared}: move it by hand`);
  if (!container.State.Running) return cargo;
  if (!stop) throw new Error(`${name} is running: stop it first, or use --stop`);
  if (HostConfig.AutoRemove) throw new Error(`${name} would be removed when it is stopped (--rm)`);
  await source.client.call(containerPost(Id, 'stop'));
  return await readCargo(source, Id);
}

/** What a run here has written meanwhile would be lost there. @throws Error when somebody has started it */
async function refuseRunAgain(source: Side, { container, name }: Cargo): Promise<void> {
  const { State } = (await readCargo(source, container.Id)).container;
  if (!State.Running && State.StartedAt === container.State.StartedAt) return;
  throw new Error(`${name} was started on ${source.name} while it was moved`);
}

function refuseBinds({ container, name }: Cargo): void {
  const binds = container.Mounts.filter(({ Type }) => Type === 'bind').map(({ Source }) => Source);
  if (binds.length === 0) return;
  throw new Error(
    `${name} mounts folders of this host, which are not moved: ${binds.join(', ')} (--leave-binds)`,
  );
}

async function createThere({ client }: Side, { container, name }: Cargo, image: string): Promise<string> {
  const { Id } = await client.json<{ readonly Id: string }>({
    method: 'POST',
    path: '/containers/create',
    query: { name },
    json: targetRequest(container, image),
  });
  return Id;
}

/** What must be the same for the container to do the same. */
const compared = ['Cmd', 'Env', 'User', 'WorkingDir', 'StopSignal', 'Tty', 'OpenStdin'] as const;

/** @throws Error when the container there is not the one that was asked for; it is removed */
async function refuseDifferent(target: Side, id: string, { container, name }: Cargo): Promise<void> {
  const there = await tryGet<ContainerInspect>(target, containerPath(id, 'json'));
  const differing = compared.filter((key) => textOf(there?.Config[key]) !== textOf(container.Config[key]));
  if (there !== undefined && differing.length === 0) return;
  await target.client.call({ method: 'DELETE', path: containerPath(id) }).catch(() => undefined);
  throw new Error(`${name} did not come out the same on ${target.name}: ${differing.join(', ')}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(Array.isArray(value) && value.length === 0 ? null : (value ?? null));
}

/** What is left here does not start again by itself. */
async function leaveBehind(
  { client }: Side,
  { container, name }: Cargo,
  { rm }: MigrateRules,
): Promise<void> {
  const { Id } = container;
  if (rm) {
    await client.call({ method: 'DELETE', path: containerPath(Id), query: { v: true } });
    return;
  }
  await client.call({ ...containerPost(Id, 'update'), json: { RestartPolicy: { Name: 'no' } } });
  await client.call(containerPost(Id, 'rename', { name: `${name}-migrated` }));
}
