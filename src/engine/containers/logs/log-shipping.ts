import { join } from 'node:path';
import { errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { durableDirectory, pathsOf } from '../directories.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { remoteDrivers } from './shipping/drivers.ts';
import { Sender } from './shipping/sender.ts';
import { Shipper } from './shipping/shipper.ts';
import type { RemoteDriver } from './shipping/types.ts';

/** What is left of a removed container's log is tried so often. */
const lastAttempts = 5;

interface Shipment {
  readonly shipper: Shipper;
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

  /** Waits until a container's files may be removed without a loss. */
  async opened(id: ContainerId): Promise<void> {
    await this.#shipments.get(id)?.shipper.opened;
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
    const shipment: Shipment = {
      shipper,
      done: this.#run(context, record.id, shipper, sender),
      watch: undefined,
    };
    this.#shipments.set(record.id, shipment);
    return shipment;
  }

  async #run(context: ContainerContext, id: ContainerId, shipper: Shipper, sender: Sender): Promise<void> {
    const { closing, log } = context;
    try {
      await using _sender = sender;
      do await shipper.run(closing);
      while (shipper.hasNews);
    } catch (error) {
      if (!closing.aborted) log.warn('a log was not sent', { container: id, error: errorMessage(error) });
    } finally {
      this.#shipments.delete(id);
    }
  }
}

function senderOf(context: ContainerContext, record: ContainerRecord, driver: RemoteDriver): Sender {
  const options = record.hostConfig.LogConfig.Config ?? {};
  return new Sender({
    connect: (signal) => driver.connect(record, options, signal),
    persists: (failures) => context.records.get(record.id) !== undefined || failures < lastAttempts,
    log: context.log,
    containerId: record.id,
  });
}
