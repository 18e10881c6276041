import { type ApiVersion, decodeFilters, type EventMessage, parseMoment, sinceMinor } from '#api';
import { EngineError } from '#base';
import type { EngineEvent, EventQuery } from '#engine/events';
import { jsonType } from './answers.ts';
import type { DockerApiParts, Handlers } from './types.ts';

export function eventHandlers({ events }: DockerApiParts): Handlers<'events'> {
  return {
    async events({ request, response, version, signal }) {
      const { query } = request;
      const stream = events.stream({ ...decodeRange(query), filter: decodeFilters(query) }, signal);
      response.start(200, jsonType);
      for await (const event of stream) await response.write(encodeEvent(event, version));
      response.end();
    },
  };
}

/** @throws EngineError invalid */
function decodeRange(query: URLSearchParams): Pick<EventQuery, 'sinceNs' | 'untilNs'> {
  const sinceNs = parseMoment(query.get('since'));
  const untilNs = parseMoment(query.get('until'));
  if (sinceNs !== undefined && untilNs !== undefined && sinceNs > untilNs) {
    const [since, until] = [query.get('since'), query.get('until')];
    throw new EngineError('invalid', `\`since\` time (${since}) cannot be after \`until\` time (${until})`);
  }
  return { ...(sinceNs !== undefined && { sinceNs }), ...(untilNs !== undefined && { untilNs }) };
}

/** One event as a line of JSON. */
export function encodeEvent(event: EngineEvent, version: ApiVersion): string {
  const message: Omit<EventMessage, 'timeNano'> = {
    ...(sinceMinor(version, 52) ? {} : legacyFields(event)),
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes },
    scope: 'local',
    time: Number(event.timeNs / 1_000_000_000n),
  };
  // A JavaScript number can't hold the nanoseconds exactly, JSON's can.
  return `${JSON.stringify(message).slice(0, -1)},"timeNano":${event.timeNs}}\n`;
}

/** What clients of old read instead of Action and Actor; networks and volumes never had it. */
function legacyFields(event: EngineEvent): Partial<EventMessage> {
  if (event.type !== 'container' && event.type !== 'image') return {};
  const { image } = event.attributes;
  const from = event.type === 'container' && image !== undefined ? { from: image } : {};
  return { status: event.action, id: event.id, ...from };
}
