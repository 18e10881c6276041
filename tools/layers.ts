/**
 * Checks who imports whom: a room may import only rooms further down in `order`, and only through their door
 * (`#room`); inside a room imports are relative and stay in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** Rooms from top to bottom (DESIGN: "The tree, top to bottom in the order of dependence"). */
const order: readonly string[] = [
  'cli',
  'client',
  'daemon',
  'registry-page',
  'registry-server',
  'serve/docker',
  'serve/buildkit',
  'serve/http',
  'engine/builder',
  'engine/containers',
  'engine/images',
  'engine/secrets',
  'engine/networks',
  'engine/volumes',
  'engine/events',
  'oci-runtime',
  'resolver',
  'task',
  'runtime',
  'registry',
  'store/snapshots',
  'store/content',
  'store/metadata',
  'tree',
  'linux',
  'api',
  'registry-api',
  'dockerfile',
  'oci',
  'template',
  'http1',
  'grpc',
  'base',
];

/** Rooms that start in milliseconds, or that only format text, reach only these. */
const narrow: Readonly<Record<string, readonly string[]>> = {
  cli: ['client', 'registry', 'api', 'registry-api', 'oci', 'dockerfile', 'template', 'base'],
  client: ['api', 'oci', 'http1', 'base'],
  'registry-page': ['registry-api'],
  'registry-server': [
    ...['serve/http', 'registry', 'store/content', 'store/metadata'],
    ...['linux', 'registry-api', 'oci', 'base'],
  ],
  resolver: ['task', 'linux', 'base'],
  'oci-runtime': ['task', 'runtime', 'linux', 'oci', 'base'],
};

const source = 'src';
const importPattern = /(?:\bfrom|\bimport|\bimport\()\s*'([#.][^']*)'/g;

export function findViolations(file: string, text: string): string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file}: belongs to no room of tools/layers.ts`];
  const found: string[] = [];
  for (const [, target = ''] of text.matchAll(importPattern)) {
    const problem = target.startsWith('#') ? judgeDoor(room, target.slice(1)) : judgePath(room, file, target);
    if (problem !== undefined) found.push(`${file}: ${problem}`);
  }
  return found;
}

function judgeDoor(room: string, target: string): string | undefined {
  const position = order.indexOf(target);
  if (position < 0) return `'#${target}' is not a room's door`;
  if (target === room) return `imports its own door '#${target}'`;
  if (position < order.indexOf(room)) return `${room} may not import ${target}, which is above it`;
  const allowed = narrow[room];
  if (allowed !== undefined && !allowed.includes(target)) return `${room} may not import ${target}`;
  return undefined;
}

function judgePath(room: string, file: string, target: string): string | undefined {
  const path = relative(source, normalize(join(dirname(file), target)));
  return roomOf(join(source, path)) === room ? undefined : `reaches '${target}' past the door of its room`;
}

function roomOf(file: string): string | undefined {
  const path = relative(source, file);
  return order.find((room) => path.startsWith(`${room}/`));
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

if (import.meta.main) {
  const violations = listSources(source).flatMap((file) => findViolations(file, readFileSync(file, 'utf8')));
  for (const violation of violations) console.error(violation);
  process.exit(violations.length === 0 ? 0 : 1);
}
