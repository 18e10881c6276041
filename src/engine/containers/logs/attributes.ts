import type { ContainerRecord } from '../types.ts';
import { formatTag } from './log-tag.ts';
import { type LogAttributes, pickAttributes } from './pick-attributes.ts';

/** What the lines of a container's log file tell about it: the picked attributes, and the tag when one is asked for. */
export function lineAttributes(record: ContainerRecord, logPath: string): LogAttributes {
  const options = record.hostConfig.LogConfig.Config ?? {};
  const picked = pickAttributes(record, options);
  if (!options.tag) return picked;
  const entries = Object.entries({ ...picked, tag: formatTag(options.tag, record, logPath) });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What `--details` puts before a line, always with a space at its end. */
export function formatDetails(attributes: LogAttributes): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => `${escapeQuery(name)}=${escapeQuery(value)}`,
  );
  return `${pairs.join(',')} `;
}

/** As Go escapes a query. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
