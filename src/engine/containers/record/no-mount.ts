import type { ContainerMount } from '../types.ts';

/** A mount with nothing decided. */
export const noMount: ContainerMount = {
  type: 'bind',
  name: '',
  anonymous: false,
  source: '',
  destination: '',
  mode: '',
  writable: true,
  propagation: '',
  recursive: true,
  copyUp: false,
  subpath: '',
  createSource: false,
  options: [],
};
