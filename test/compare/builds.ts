/**
 * Builds the Dockerfiles of our tests with BuildKit too and tells where the images differ, in files or config:
 * `DOCKER_HOST=unix:///path/of/dockerd.sock npx bun test/compare/builds.ts [WORD …]` (words choose cases by name).
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { fromByteString, readTarStream } from '#oci';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { type BuildCase, buildCases, buildContext, dockerfileOf } from '../testing/build-cases/index.ts';
import { type Output, type RunOptions, runProgram } from '../testing/programs.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

type Docker = (args: readonly string[], options?: RunOptions) => Promise<Output>;

/** Files by path, parts of the config by name: one line each. */
type Described = ReadonlyMap<string, string>;

const fixtureTimeSeconds = 1_700_000_000;
/** What dockerd puts into each container that is created, and we do when it starts. */
const givenPaths = [
  '',
  ...[
    'dev',
    'etc',
    'proc',
    'sys',
    'dev/console',
    'dev/pts',
    'dev/shm',
    'etc/hostname',
    'etc/hosts',
    'etc/mtab',
    'etc/resolv.conf',
  ],
];
const inspected = '{{json .Config}} {{.Author}} {{.Os}}/{{.Architecture}} {{len .RootFS.Layers}} layers';

async function describeBuild(docker: Docker, directory: string, wanted: BuildCase): Promise<Described> {
  const built = await docker(['buildx', 'build', '--load', '-q', ...(wanted.flags ?? []), directory]);
  if (built.code !== 0) return new Map([['failure', built.stderr.trim().split('\n').at(-1) ?? '']]);
  const image = built.stdout.trim();
  const config = await docker(['image', 'inspect', '-f', inspected, image]);
  const history = await docker(['history', '--no-trunc', '--format', '{{.CreatedBy}} | {{.Comment}}', image]);
  const lines = history.stdout.trim().split('\n').reverse();
  return new Map([
    ['config', config.stdout.trim()],
    ...lines.map((line, index) => [`history ${index}`, line.trim()] as const),
    ...(await filesOf(docker, image)),
  ]);
}

async function filesOf(docker: Docker, image: string): Promise<Map<string, string>> {
  const { stdout } = await docker(['create', image, 'none']);
  const folder = mkdtempSync('/var/tmp/wharf-test-compare-');
  try {
    await docker(['export', '-o', `${folder}/files.tar`, stdout.trim()]);
    return await describeArchive(`${folder}/files.tar`);
  } finally {
    rmSync(folder, { recursive: true });
    await docker(['rm', stdout.trim()]);
  }
}

async function describeArchive(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  let latest = { path: '', line: '', hash: createHash('sha256') };
  const end = () => files.set(latest.path, `${latest.line} ${latest.hash.digest('hex').slice(0, 12)}`);
  for await (const item of readTarStream(createReadStream(path))) {
    if (item.kind === 'content') {
      latest.hash.update(item.piece);
      continue;
    }
    end();
    const { type, mode, uid, gid, linkName, name, xattrs, mtimeSeconds } = item.entry;
    const time = mtimeSeconds > fixtureTimeSeconds ? 'new' : String(mtimeSeconds);
    const names = xattrs.map((xattr) => xattr.name).join(' ');
    const line = `${type} ${mode.toString(8)} ${uid}:${gid} ${linkName} ${type === 'file' ? time : ''} ${names}`;
    latest = { path: fromByteString(name).replace(/\/$/, ''), line, hash: createHash('sha256') };
  }
  end();
  for (const path of givenPaths) files.delete(path);
  return files;
}

function differences(ours: Described, theirs: Described): string[] {
  const hasFailed = ours.has('failure') || theirs.has('failure');
  const keys = hasFailed ? ['failure'] : [...new Set([...ours.keys(), ...theirs.keys()])];
  return keys
    .filter((key) => ours.get(key) !== theirs.get(key))
    .map((key) => `  ${key}\n    ours:   ${ours.get(key) ?? '-'}\n    theirs: ${theirs.get(key) ?? '-'}`);
}

async function writeContext(folder: string, wanted: BuildCase): Promise<void> {
  const files = makeTar([...buildContext, { path: 'Dockerfile', content: dockerfileOf(wanted) }]);
  const { code, stderr } = await runProgram('tar', ['-xp', '-C', folder], { input: files });
  if (code !== 0) throw new Error(stderr);
}

async function compare(wharf: TestWharf, theirs: Docker, wanted: BuildCase): Promise<void> {
  const folder = mkdtempSync('/var/tmp/wharf-test-context-');
  try {
    await writeContext(folder, wanted);
    const ours = await describeBuild(wharf.docker, folder, wanted);
    const found = differences(ours, await describeBuild(theirs, folder, wanted));
    process.stdout.write(`${found.length === 0 ? 'same' : 'DIFFERENT'}: ${wanted.name}\n`);
    for (const line of found) process.stdout.write(`${line}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const host = process.env.DOCKER_HOST;
if (host === undefined) throw new Error('DOCKER_HOST has to be the socket of the other engine');
const words = process.argv.slice(2);
await using wharf = await startWharf();
const peer: Docker = (args, options) => wharf.docker(args, { ...options, env: { DOCKER_HOST: host } });
for (const docker of [wharf.docker, peer])
  await docker(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
for (const wanted of Object.values(buildCases).flat()) {
  if (words.length === 0 || words.some((word) => wanted.name.includes(word)))
    await compare(wharf, peer, wanted);
}
