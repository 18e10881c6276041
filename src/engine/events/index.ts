/**
 * engine/events: the one bus. Every room above publishes what it did; faces stream it to clients.
 *
 * Life cycle: made once by the daemon, before every other engine room, over the history in the data root, which it
 * closes last. The history outlives the daemon: a client can ask for the past of weeks, through restarts and crashes.
 *
 * It decides nothing and never blocks a publisher.
 */
export { EventBus } from './bus.ts';
export { EventHistory, type HistoryLimits, type HistoryOptions } from './history.ts';
export type * from './types.ts';
