/** What the page shows; it is in the address after the `#`, so that it can be kept and gone back to. */
export type Place =
  | { readonly kind: 'projects' }
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'repository'; readonly repository: string }
  /** `name` is a tag or a digest. */
  | { readonly kind: 'manifest'; readonly repository: string; readonly name: string };

/** Reads an address; what makes no sense shows the projects. */
export function parsePlace(hash: string): Place {
  const [kind, ...words] = hash.replace(/^#\/?/, '').split('/').map(decode);
  const [first = '', second = ''] = words;
  if (kind === 'project' && first !== '') return { kind, project: first };
  if (kind === 'repository' && first !== '') return { kind, repository: first };
  if (kind === 'manifest' && second !== '') return { kind, repository: first, name: second };
  return { kind: 'projects' };
}

export function formatPlace(place: Place): string {
  return `#/${[place.kind, ...wordsOf(place)].map(encodeURIComponent).join('/')}`;
}

/** The places above one and itself, from the top, each with what it is called. */
export function pathTo(place: Place): (readonly [string, Place])[] {
  const top = ['Registry', { kind: 'projects' }] as const;
  if (place.kind === 'projects') return [top];
  if (place.kind === 'project') return [top, [place.project, place]];
  const { repository } = place;
  const [project = ''] = repository.split('/', 1);
  const rest = repository.slice(project.length + 1) || repository;
  const above = [
    top,
    [project, { kind: 'project', project }],
    [rest, { kind: 'repository', repository }],
  ] as const;
  return place.kind === 'repository' ? [...above] : [...above, [place.name, place]];
}

function wordsOf(place: Place): string[] {
  if (place.kind === 'project') return [place.project];
  if (place.kind === 'repository') return [place.repository];
  return place.kind === 'manifest' ? [place.repository, place.name] : [];
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}
