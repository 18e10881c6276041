/** Messages of NETLINK_ROUTE: devices, their settings, addresses and routes. Pure; sent by a NetlinkSocket. */
export * from './addresses.ts';
export * from './devices.ts';
export * from './loop.ts';
export * from './settings.ts';
export * from './traffic.ts';
