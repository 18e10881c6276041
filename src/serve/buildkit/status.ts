import { nowNs } from '#base';
import { checkUrl, summaries } from '#dockerfile';
import type { BuildEvent } from '#engine/builder';
import type { JobEvent, Warning } from './jobs.ts';
import { timestampOf } from './messages/common.ts';
import type { StatusResponse } from './messages/control.ts';

/** What a build tells, as the client's progress takes it. */
export function encodeEvents(events: readonly JobEvent[]): Partial<StatusResponse> {
  const now = timestampOf(nowNs());
  return {
    vertexes: events.filter((event) => event.kind === 'vertex').map(encodeVertex),
    statuses: events.filter((event) => event.kind === 'progress').map((event) => encodeProgress(event, now)),
    logs: joined(events.filter((event) => event.kind === 'output')).map((event) => encodeOutput(event, now)),
    warnings: events.filter((event) => event.kind === 'warning').map(encodeWarning),
  };
}

type Told<K extends BuildEvent['kind']> = Extract<BuildEvent, { kind: K }>;
type Time = ReturnType<typeof timestampOf>;

/** Pieces of one stream that follow each other become one. */
function joined(outputs: readonly Told<'output'>[]): Told<'output'>[] {
  const runs: Told<'output'>[][] = [];
  for (const output of outputs) {
    const run = runs.at(-1);
    const isSame = run?.[0]?.vertex === output.vertex && run[0].stream === output.stream;
    if (isSame) run.push(output);
    else runs.push([output]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    return first === undefined ? [] : { ...first, bytes: Buffer.concat(run.map(({ bytes }) => bytes)) };
  });
}

function encodeOutput(
  { vertex, stream, bytes }: Told<'output'>,
  timestamp: Time,
): StatusResponse['logs'][number] {
  return { vertex, timestamp, stream: stream === 'stderr' ? 2 : 1, msg: bytes };
}

function encodeProgress(event: Told<'progress'>, now: Time): StatusResponse['statuses'][number] {
  const { vertex, id, current, total } = event;
  const completed = event.completed ? now : undefined;
  return { ID: id, vertex, name: id, current, total, timestamp: now, started: now, completed };
}

function encodeWarning({ vertex, finding, file }: Warning): StatusResponse['warnings'][number] {
  const { check, text, range } = finding;
  return {
    vertex,
    level: 1,
    short: Buffer.from(`${check}: ${text} (line ${range.start})`),
    detail: [Buffer.from(summaries[check])],
    url: checkUrl(check),
    info: { filename: file.name, data: Buffer.from(file.text) },
    ranges: [{ start: { line: range.start }, end: { line: range.end } }],
  };
}

function encodeVertex(event: Told<'vertex'>): StatusResponse['vertexes'][number] {
  const { digest, name, inputs, startedNs, completedNs, cached = false, error = '' } = event;
  return {
    digest,
    name,
    inputs,
    cached,
    error,
    started: startedNs === undefined ? undefined : timestampOf(startedNs),
    completed: completedNs === undefined ? undefined : timestampOf(completedNs),
  };
}
