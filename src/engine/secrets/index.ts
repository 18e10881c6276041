/**
 * engine/secrets: secrets and configs, small named contents that containers get as files, without a cluster.
 *
 * Life cycle: made once by the daemon on the metadata store, one for each kind; what they hold are rows, whose
 * contents are sealed by a key that is a file of its own: who has the database alone can read none of them.
 *
 * It knows no container: who uses what the daemon tells it when something is to be removed. It puts nothing anywhere.
 */
export { isSecretKind, kinds, type SecretKind } from './kinds.ts';
export { openSealingKey, type SealingKey } from './sealing-key.ts';
export { SecretEngine, type SecretRooms } from './secrets.ts';
export type * from './types.ts';
