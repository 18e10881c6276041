import { errorMessage, type Log } from '#base';
import type { BridgeNetwork } from '../drivers/bridge-network.ts';

/** Makes the rules anew of networks whose tables somebody else has changed; of all when it is not known which. */
export function healRules(
  networks: Iterable<BridgeNetwork>,
  lost: ReadonlySet<string> | undefined,
  log: Log,
): void {
  for (const { record, settings, rules } of networks) {
    if (lost !== undefined && !lost.has(settings.device)) continue;
    try {
      rules.heal();
      log.warn('rules of a network were deleted by others and are made again', { network: record.name });
    } catch (error) {
      log.error('the rules of a network are gone', { network: record.name, error: errorMessage(error) });
    }
  }
}
