/**
 * engine/events: the one bus. Every room above publishes what it did; faces stream it to clients.
 *
 * Life cycle: made once by the daemon, before every other engine room. Holds the last 256 events in memory,
 * so that a client can ask for the recent past; a new daemon starts with an empty past.
 *
 * It decides nothing and never blocks a publisher.
 */
export { EventBus } from './bus.ts';
export type * from './types.ts';
