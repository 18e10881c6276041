import { readFileSync } from 'node:fs';

/** The id of a group of this host: the number itself, or what /etc/group has for the name; undefined for neither. */
export function findGroup(nameOrId: string): number | undefined {
  if (/^\d{1,10}$/.test(nameOrId)) return Number(nameOrId);
  const lines = readFileSync('/etc/group', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([name]) => name === nameOrId);
  return fields?.[2] === undefined ? undefined : Number(fields[2]);
}
