import { nowNs } from '#base';
import { checkUrl, summaries } from '#dockerfile';
import type { BuildEvent } from '#engine/builder';
import type { JobEvent, Warning } from './jobs.ts';
import { timestampOf } from './messages/common.ts';
import type { StatusResponse } from './messages/control.ts';

/** What a build tells, as the client's progress takes it. */
export function encodeEvent(event: JobEvent): Partial<StatusResponse> {
  const now = timestampOf(nowNs());
  switch (event.kind) {
    case 'vertex':
      return { vertexes: [encodeVertex(event)] };
    case 'output': {
      const stream = event.stream === 'stderr' ? 2 : 1;
      return { logs: [{ vertex: event.vertex, timestamp: now, stream, msg: event.bytes }] };
    }
    case 'progress': {
      const { vertex, id, current, total } = event;
      const completed = event.completed ? now : undefined;
      const status = { ID: id, vertex, name: id, current, total, timestamp: now, started: now, completed };
      return { statuses: [status] };
    }
    case 'warning':
      return { warnings: [encodeWarning(event)] };
  }
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

function encodeVertex(event: Extract<BuildEvent, { kind: 'vertex' }>): StatusResponse['vertexes'][number] {
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
