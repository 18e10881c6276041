export interface HostsEdit {
  /** What the container is called in its own hosts file: `web.example.org web`. */
  readonly names: string;
  /** Addresses that are not its own any more. */
  readonly remove: readonly string[];
  /** Addresses that are its own; those that are there already stay where they are. */
  readonly add: readonly string[];
}

/** The text of a container's hosts file with other addresses of its own; all other lines stay as they are. */
export function editHosts(text: string, { names, remove, add }: HostsEdit): string {
  const ownLine = (address: string) => `${address}\t${names}`;
  const unwanted = new Set(remove.map(ownLine));
  const lines = text.replace(/\n$/, '').split('\n');
  const kept = lines.filter((line) => !unwanted.has(line));
  const added = add.map(ownLine).filter((line) => !kept.includes(line));
  return `${[...kept, ...added].join('\n')}\n`;
}
