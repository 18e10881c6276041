import type { LayerView, ProjectView, RepositoryView, TagView } from '#registry-api';
import { confirmDelete } from './confirm.ts';
import { element, table } from './element.ts';
import { formatSize, formatTime, shortDigest } from './formats.ts';
import { formatPlace, type Place } from './place.ts';
import type { Server } from './server.ts';

/** What a view needs of the page around it. */
export interface Stage {
  readonly server: Server;
  /** Whether the visitor may delete in a project. */
  mayDelete(project: string): Promise<boolean>;
  go(place: Place): void;
  /** Shows the place anew. */
  refresh(): void;
  /** Does what a click asks for, and tells what goes wrong. */
  attempt(work: () => Promise<void>): void;
}

/** What is shown of a place. @throws Failure */
export function showPlace(stage: Stage, place: Place): Promise<readonly Node[]> {
  if (place.kind === 'project') return showProject(stage, place.project);
  if (place.kind === 'repository') return showRepository(stage, place.repository);
  if (place.kind === 'manifest') return showManifest(stage, place.repository, place.name);
  return showProjects(stage);
}

async function showProjects({ server }: Stage): Promise<readonly Node[]> {
  const columns = [
    { head: 'Project' },
    { head: 'Your role' },
    { head: 'Repositories', isNumber: true },
    { head: 'Size', isNumber: true },
    { head: 'Quota', isNumber: true },
  ];
  const row = ({ name, isPublic, role, repositories, usedBytes, quotaBytes }: ProjectView) => [
    link(name, { kind: 'project', project: name }),
    role ?? (isPublic ? 'public' : ''),
    String(repositories),
    formatSize(usedBytes),
    quotaBytes === undefined ? '' : formatSize(quotaBytes),
  ];
  return listOr('No projects yet.', columns, (await server.projects()).map(row));
}

async function showProject({ server }: Stage, project: string): Promise<readonly Node[]> {
  const columns = [{ head: 'Repository' }, { head: 'Tags', isNumber: true }, { head: 'Changed' }];
  const row = ({ name, tags, updatedMs }: RepositoryView) => [
    link(name, { kind: 'repository', repository: name }),
    String(tags),
    formatTime(updatedMs),
  ];
  return listOr('No images here yet.', columns, (await server.repositories(project)).map(row));
}

async function showRepository(stage: Stage, repository: string): Promise<readonly Node[]> {
  const [project = ''] = repository.split('/', 1);
  const mayDelete = await stage.mayDelete(project);
  const columns = [
    { head: 'Tag' },
    { head: 'Digest' },
    { head: 'Changed' },
    { head: 'Size', isNumber: true },
    ...(mayDelete ? [{ head: '' }] : []),
  ];
  const row = ({ name, digest, updatedMs, totalBytes }: TagView) => [
    link(name, { kind: 'manifest', repository, name }),
    element('code', { title: digest }, shortDigest(digest)),
    formatTime(updatedMs),
    formatSize(totalBytes),
    ...(mayDelete ? [deleteTagButton(stage, repository, name)] : []),
  ];
  const shown = listOr('No tags.', columns, (await allTags(stage.server, repository)).map(row));
  return mayDelete ? [...shown, deleteRepositoryButton(stage, repository, project)] : shown;
}

async function showManifest({ server }: Stage, repository: string, name: string): Promise<readonly Node[]> {
  const { digest, mediaType, totalBytes, layers, manifests, pushedMs, pulledMs } = await server.manifest(
    repository,
    name,
  );
  const facts = [
    ['Digest', element('code', {}, digest)],
    ['Type', mediaType],
    ['Size', formatSize(totalBytes)],
    ['Pushed', formatTime(pushedMs)],
    ['Last pulled', pulledMs === undefined ? 'never' : formatTime(pulledMs)],
  ];
  const columns = [{ head: 'Part' }, { head: 'Type' }, { head: 'Size', isNumber: true }];
  const describe = ({ digest, mediaType, size }: LayerView, shown: Node | string) => [
    element('code', { title: digest }, shown),
    mediaType,
    formatSize(size),
  ];
  const rows = [
    ...layers.map((layer) => describe(layer, shortDigest(layer.digest))),
    ...manifests.map((child) => {
      const place: Place = { kind: 'manifest', repository, name: child.digest };
      return describe(child, link(child.platform ?? shortDigest(child.digest), place));
    }),
  ];
  return [table([{ head: 'What' }, { head: '' }], facts), table(columns, rows)];
}

function deleteTagButton(stage: Stage, repository: string, tag: string): Node {
  const consequence = 'What only this tag keeps goes with it.';
  return deleteButton(stage, `${repository}:${tag}`, consequence, async () => {
    await stage.server.deleteTag(repository, tag);
    stage.refresh();
  });
}

function deleteRepositoryButton(stage: Stage, repository: string, project: string): Node {
  const consequence = 'All its tags and images go with it.';
  return deleteButton(stage, repository, consequence, async () => {
    await stage.server.deleteRepository(repository);
    stage.go({ kind: 'project', project });
  });
}

function deleteButton(stage: Stage, what: string, consequence: string, work: () => Promise<void>): Node {
  const onClick = () => {
    stage.attempt(async () => {
      if (await confirmDelete(what, consequence)) await work();
    });
  };
  return element(
    'button',
    { type: 'button', class: 'danger', 'aria-label': `Delete ${what}`, onClick },
    'Delete',
  );
}

async function allTags(server: Server, repository: string): Promise<readonly TagView[]> {
  const all: TagView[] = [];
  for (;;) {
    const some = await server.tags(repository, all.at(-1)?.name ?? '');
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function listOr(
  nothing: string,
  columns: Parameters<typeof table>[0],
  rows: Parameters<typeof table>[1],
): readonly Node[] {
  return [rows.length === 0 ? element('p', {}, nothing) : table(columns, rows)];
}

function link(text: string, place: Place): Node {
  return element('a', { href: formatPlace(place) }, text);
}
