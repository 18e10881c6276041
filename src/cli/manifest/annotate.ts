import { defineCommand, exactly } from '../command.ts';
import { strings, text } from '../flags/index.ts';
import { encodePlatform } from './list-document.ts';
import { experimental, parseName } from './names.ts';
import { ManifestStore } from './store.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] MANIFEST_LIST MANIFEST'],
  description: experimental('annotate', 'Add additional information to a local image manifest'),
  operands: exactly(2),
  offline: true,
  flags: {
    arch: text('Set architecture'),
    os: text('Set operating system'),
    'os-features': strings('Set operating system feature'),
    'os-version': text('Set operating system version'),
    variant: text('Set architecture variant'),
  },
  async run({ options }, { values, operands: [listName = '', imageName = ''] }) {
    const list = parseName(listName, 'annotate: error parsing name for manifest list');
    const name = parseName(imageName, 'annotate: error parsing name for manifest');
    const store = new ManifestStore(options.configDirectory);
    const manifest = store.find(list, name);
    if (manifest === undefined) {
      throw new Error(`manifest for image ${imageName} does not exist in ${listName}`);
    }
    const { platform: known = encodePlatform() } = manifest.Descriptor;
    const platform = encodePlatform({
      architecture: values.arch || known.architecture,
      os: values.os || known.os,
      'os.version': values['os-version'] || (known['os.version'] ?? ''),
      'os.features': [...new Set([...(known['os.features'] ?? []), ...values['os-features']])],
      variant: values.variant || (known.variant ?? ''),
    });
    if (!architectures[platform.os]?.includes(platform.architecture)) {
      throw new Error(
        `manifest entry for image has unsupported os/arch combination: ${values.os}/${values.arch}`,
      );
    }
    store.save(list, name, { ...manifest, Descriptor: { ...manifest.Descriptor, platform } });
  },
});

const bsd = ['386', 'amd64', 'arm'];

/** Which architectures there are of each system. */
const architectures: Readonly<Record<string, readonly string[]>> = {
  darwin: ['386', 'amd64', 'arm', 'arm64'],
  dragonfly: ['amd64'],
  freebsd: bsd,
  linux: ['386', 'amd64', 'arm', 'arm64', 'ppc64le', 'mips64', 'mips64le', 'riscv64', 's390x'],
  netbsd: bsd,
  openbsd: bsd,
  plan9: ['386', 'amd64'],
  solaris: ['amd64'],
  windows: ['386', 'amd64'],
};
