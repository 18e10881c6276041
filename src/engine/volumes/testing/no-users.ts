import type { VolumeUsers } from '../types.ts';

/** Where nobody uses volumes. */
export const noUsers: VolumeUsers = {
  isActive: () => false,
  isSettled: () => true,
  volumeRenamed() {},
};
