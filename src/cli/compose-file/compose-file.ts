import type { RunParts } from '../run-line/index.ts';
import { describeService, type Service } from './service.ts';
import { encodeYaml, type YamlMap } from './yaml.ts';

/** The file with a service for each container, under the container's name. */
export function composeFile(containers: readonly RunParts[]): string {
  const services = containers.map(describeService);
  const external = (names: readonly string[]): YamlMap =>
    Object.fromEntries([...new Set(names)].map((name) => [name, { name, external: true }]));
  const networks = external(services.flatMap((service) => service.networks));
  const volumes = external(services.flatMap((service) => service.volumes));
  return [
    ...services.flatMap(comments),
    ...encodeYaml({
      services: Object.fromEntries(services.map(({ name, content }) => [name, content])),
      ...(Object.keys(networks).length === 0 ? {} : { networks }),
      ...(Object.keys(volumes).length === 0 ? {} : { volumes }),
    }),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function comments({ name, unsaid }: Service): string[] {
  return unsaid.map((flag) => `# ${name}: no word for ${JSON.stringify(flag)}`);
}
