import type { EventMessage } from '#api';
import { readLines } from '#client';
import { defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { text } from '../flags/index.ts';
import { asStructures } from '../format/structures.ts';
import { localRfc3339 } from '../format/text.ts';
import { filterFlag, plainFormatFlagSummary } from '../listing-flags.ts';
import { writeOut } from '../output.ts';
import { compileTemplate, type Value } from '../template/index.ts';
import { parseTimeFlag } from '../times.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    filter: filterFlag,
    format: text(plainFormatFlagSummary),
    since: text('Show all events created since timestamp'),
    until: text('Stream events until this timestamp'),
  },
  async run({ client }, { values }) {
    const describe = chooseDescription(values.format);
    const response = await client.send({
      method: 'GET',
      path: '/events',
      query: {
        filters: encodeFilters(values.filter),
        since: values.since === '' ? undefined : parseTimeFlag(values.since),
        until: values.until === '' ? undefined : parseTimeFlag(values.until),
      },
    });
    for await (const line of readLines(response.body)) writeOut(`${describe(line)}\n`);
  },
});

function chooseDescription(format: string): (line: string) => string {
  if (format === '') return describeEvent;
  if (format === 'json') return (line) => line.trim();
  const template = compileTemplate(format);
  return (line) => template.execute(withGoNames(JSON.parse(line) as EventMessage));
}

/** Go calls the fields of an event otherwise than the wire does. */
function withGoNames(event: EventMessage): Value {
  const names = {
    Scope: event.scope,
    Time: event.time,
    TimeNano: event.timeNano,
    Status: event.status ?? '',
    ID: event.id ?? '',
    From: event.from ?? '',
  };
  return asStructures({ ...event, ...names } as unknown as Value);
}

function describeEvent(line: string): string {
  const { Type: type, Action: action, Actor: actor, time } = JSON.parse(line) as EventMessage;
  const attributes = Object.entries(actor.Attributes ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  const suffix = attributes.length === 0 ? '' : ` (${attributes.join(', ')})`;
  return `${localNanoTime(time, nanosOf(line))} ${type} ${action} ${actor.ID}${suffix}`;
}

/** The last nine digits of the time: the whole number is too large for a double, so they are read as text. */
function nanosOf(line: string): string {
  return /"timeNano":\d*?(\d{9})\b/.exec(line)?.[1] ?? '000000000';
}

/** RFC 3339 with nine digits, in the user's zone. */
function localNanoTime(time: number, nanos: string): string {
  const [seconds = '', zone = ''] = localRfc3339(new Date(time * 1000));
  return `${seconds}.${nanos}${zone}`;
}
