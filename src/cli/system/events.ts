import type { EventMessage } from '#api';
import { readLines } from '#client';
import { compileTemplate, structName, type ValueMap } from '#template';
import { defineCommand, ExitError, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { text } from '../flags/index.ts';
import { asStructures } from '../format/structures.ts';
import { localRfc3339 } from '../format/text.ts';
import { filterFlag, plainFormatFlagSummary } from '../listing-flags.ts';
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
  async run({ caller, client }, { values }) {
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
    for await (const line of readLines(response.body)) caller.writeOut(`${describe(line)}\n`);
  },
});

function chooseDescription(format: string): (line: string) => string {
  if (format === '') return describeEvent;
  if (format === 'json') return (line) => line.trim();
  const template = explain(() => compileTemplate(format));
  explain(() => template.execute(asGoSees(noEvent, '*events.Message')));
  return (line) => template.execute(asGoSees(JSON.parse(line) as EventMessage));
}

/** With nothing set, to see whether a format asks only for what there is. */
const noEvent: EventMessage = {
  Type: 'container',
  Action: '',
  Actor: { ID: '', Attributes: {} },
  scope: 'local',
  time: 0,
  timeNano: 0,
};

const badFormatCode = 64;

function explain<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ExitError(badFormatCode, `Error parsing format: ${(error as Error).message}`);
  }
}

/** Go calls the fields of an event otherwise than the wire does; as JSON it has the wire's names only. */
function asGoSees(event: EventMessage, typeName = 'events.Message'): ValueMap {
  const { scope: Scope, time: Time, timeNano: TimeNano } = event;
  const { status: Status = '', id: ID = '', from: From = '' } = event;
  const goNames = { Scope, Time, TimeNano, Status, ID, From, [structName]: typeName };
  const value = { ...event, Actor: asStructures({ ...event.Actor }) };
  for (const name of Reflect.ownKeys(goNames)) {
    Object.defineProperty(value, name, { value: Reflect.get(goNames, name), enumerable: false });
  }
  return value;
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
