import { join } from 'node:path';
import { errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { durableDirectory, pathsOf } from '../directories.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { remoteDrivers } from './shipping/drivers.ts';
import { Sender } from './shipping/sender.ts';
import { Shipper } from './shipping/shipper.ts';
import type { RemoteDriver } from './shipping/types.ts';

/** How long what is left of a removed container's log is tried to be sent. */
const lastChanceMs = 10_000;

interface Shipment {
  readonly shipper: Shipper;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** Ends the watch of the log's growth. */
  watch: Disposable | undefined;
}

/**
 * Sends logs to where their drivers say. The container writes into its file whatever becomes of the receiver; what
 * the receiver has not taken yet is sent when it does, also by a later daemon.
 */
export class LogShipping {
  readonly #shipments = new Map<ContainerId, Shipment>();

  /** Goes on with the log of a container: as long as it lives, or until all it has written is sent. */
  begin(context: ContainerContext, record: ContainerRecord): void {
    const { Type } = record.hostConfig.LogConfig;
    const driver = remoteDrivers.get(Type);
    if (driver === undefined) return;
    const shipment = this.#shipments.get(record.id) ?? this.#open(context, record, driver);
    const task = context.live.get(record.id)?.task;
    shipment.watch?.[Symbol.dispose]();
    shipment.watch = task?.logPosition(() => shipment.shipper.tell(true));
    shipment.shipper.tell(task !== undefined);
  }

  /** The container's process has ended, and its last line is in the log. */
  end(id: ContainerId): void {
    const shipment = this.#shipments.get(id);
    shipment?.watch?.[Symbol.dispose]();
    shipment?.shipper.tell(false);
  }

  /** Waits until a container's files may be removed: what is left in them is sent as far as the receiver takes it soon. */
  async leave(id: ContainerId): Promise<void> {
    const shipment = this.#shipments.get(id);
    if (shipment === undefined) return;
    await shipment.shipper.leave();
    const timer = setTimeout(() => shipment.stop.abort(), lastChanceMs);
    void shipment.done.then(() => clearTimeout(timer));
  }

  /** Waits until all have given up, after the daemon began to close. */
  async allDone(): Promise<void> {
    await Promise.all([...this.#shipments.values()].map(({ done }) => done));
  }

  #open(context: ContainerContext, record: ContainerRecord, driver: RemoteDriver): Shipment {
    const sender = senderOf(context, record, driver);
    const shipper = new Shipper({
      files: context.logFiles,
      path: pathsOf(context.settings, record).log,
      cursorPath: join(durableDirectory(context.settings, record.id), 'shipped.json'),
      sender,
    });
    const stop = new AbortController();
    const signal = AbortSignal.any([context.closing, stop.signal]);
    const done = this.#run(context, record.id, () => ship(shipper, sender, signal));
    const shipment: Shipment = { shipper, stop, done, watch: undefined };
    this.#shipments.set(record.id, shipment);
    return shipment;
  }

  async #run({ closing, log }: ContainerContext, id: ContainerId, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!closing.aborted) log.warn('a log was not sent', { container: id, error: errorMessage(error) });
    } finally {
      this.#shipments.get(id)?.watch?.[Symbol.dispose]();
      this.#shipments.delete(id);
    }
  }
}

async function ship(shipper: Shipper, sender: Sender, signal: AbortSignal): Promise<void> {
  await using _sender = sender;
  do await shipper.run(signal);
  while (shipper.hasNews);
}

function senderOf(context: ContainerContext, record: ContainerRecord, driver: RemoteDriver): Sender {
  const options = record.hostConfig.LogConfig.Config ?? {};
  return new Sender({
    connect: (signal) => driver.connect(record, options, signal),
    log: context.log,
    containerId: record.id,
  });
}
