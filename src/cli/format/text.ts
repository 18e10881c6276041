const shortIdLength = 12;

/** The first 12 digits of an id, without its algorithm. */
export function shortId(id: string): string {
  return id.replace(/^[^:]*:/, '').slice(0, shortIdLength);
}

/** At most `limit` characters; what is cut off shows as one ellipsis. */
export function ellipsis(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

/** `a=b,c=d`, in order of names. */
export function joinLabels(labels: Readonly<Record<string, string>> | null | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}

/** An image's name as users write it: no digest, no default registry. */
export function familiarImageName(name: string): string {
  return name.replace(/@sha256:[0-9a-f]{64}$/, '').replace(/^docker\.io\/(library\/)?/, '');
}

/** Local time as Go's default form: `2025-01-31 13:05:00 +0100 CET`. */
export function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const hours = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time} ${hours} ${zoneName(date)}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}

/** Local time as RFC 3339 without fraction, and its zone (`Z`, `+01:00`). */
export function localRfc3339(date: Date): [time: string, zone: string] {
  const offset = -date.getTimezoneOffset();
  const time = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  const ahead = Math.abs(offset);
  return [time, offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(ahead / 60)}:${two(ahead % 60)}`];
}

/** An RFC 3339 time as Go's default form: `2025-01-31 13:05:00.5 +0000 UTC`. */
export function goTime(text: string): string {
  const match = /^(\S+)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return text;
  const [, day, time, digits = '', zone = 'Z'] = match;
  const fraction = digits.replace(/0+$/, '');
  const offset = zone.replace(':', '');
  return `${day} ${time}${fraction && '.'}${fraction} ${zone === 'Z' ? '+0000 UTC' : `${offset} ${offset}`}`;
}
