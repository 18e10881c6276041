import type { DeviceRule } from '#oci';
import { type CgroupFile, fileFor } from './cgroup-files.ts';

/** What every container may do with devices, whatever its spec denies: make nodes, use the usual ones. */
export const usualDeviceRules: readonly DeviceRule[] = [
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...(
    [
      [1, 3],
      [1, 5],
      [1, 7],
      [1, 8],
      [1, 9],
      [5, 0],
      [5, 1],
      [5, 2],
    ] as const
  ).map(([major, minor]): DeviceRule => ({ allow: true, type: 'c', major, minor, access: 'rwm' })),
  { allow: true, type: 'c', major: 136, access: 'rwm' },
];

/** The rules that count: what every earlier rule said is undone by one that speaks of all devices. */
export interface DevicePolicy {
  readonly allowByDefault: boolean;
  /** Later ones win. */
  readonly rules: readonly DeviceRule[];
}

export function resolveDevicePolicy(rules: readonly DeviceRule[]): DevicePolicy {
  const last = rules.findLastIndex(isForAll);
  const allowByDefault = last < 0 || rules[last]?.allow === true;
  const later = joinAllowed(rules.slice(last + 1));
  return { allowByDefault, rules: allowByDefault ? later : [...later, ...usualDeviceRules] };
}

/** Rules that allow something of the same devices allow it together, unless one between them denies. */
function joinAllowed(rules: readonly DeviceRule[]): DeviceRule[] {
  const joined: DeviceRule[] = [];
  for (const rule of rules) {
    const denied = joined.findLastIndex(({ allow }) => !allow);
    const place = joined.findIndex((other, index) => index > denied && rule.allow && isOfSame(other, rule));
    const same = joined[place];
    if (same === undefined) joined.push(rule);
    else joined[place] = { ...same, access: joinAccess(same.access, rule.access) };
  }
  return joined;
}

function isOfSame(one: DeviceRule, other: DeviceRule): boolean {
  return one.type === other.type && one.major === other.major && one.minor === other.minor;
}

function joinAccess(one = 'rwm', other = 'rwm'): string {
  return [...new Set(one + other)].join('');
}

/** cgroup v1: a fresh cgroup has its parent's policy, so a policy that allows all writes nothing for it. */
export function legacyDeviceFiles(rules: readonly DeviceRule[]): readonly CgroupFile[] {
  const policy = resolveDevicePolicy(rules);
  return [
    ...fileFor('devices', 'devices.deny', policy.allowByDefault ? undefined : 'a'),
    ...policy.rules.flatMap((rule) =>
      fileFor('devices', rule.allow ? 'devices.allow' : 'devices.deny', formatRule(rule)),
    ),
  ];
}

function isForAll({ type = 'a', major, minor, access }: DeviceRule): boolean {
  const everyAccess = access === undefined || ['r', 'w', 'm'].every((letter) => access.includes(letter));
  return type === 'a' && isAny(major) && isAny(minor) && everyAccess;
}

/** Absent and -1 both stand for every number. */
export function isAny(number: number | undefined): boolean {
  return number === undefined || number < 0;
}

function formatRule({ type = 'a', major, minor, access = 'rwm' }: DeviceRule): string {
  const number = (value: number | undefined) => (isAny(value) ? '*' : String(value));
  return `${type} ${number(major)}:${number(minor)} ${access}`;
}
