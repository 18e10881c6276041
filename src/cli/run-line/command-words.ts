import type { ContainerConfig, ImageInspect } from '#api';

/** How the entrypoint is said, and what stands after the image. */
export interface CommandWords {
  readonly entrypoint: readonly string[];
  readonly words: readonly string[];
}

/**
 * The command of a container, as far as it is not the image's own. An entrypoint that is given drops the
 * image's command, and a command that is given leaves the image's entrypoint.
 */
export function commandWords(config: ContainerConfig, image: ImageInspect['Config']): CommandWords {
  const entrypoint = config.Entrypoint ?? [];
  const command = config.Cmd ?? [];
  const hasOwnCommand = !sameWords(command, image.Cmd ?? []);
  if (sameWords(entrypoint, image.Entrypoint ?? []) && !(hasOwnCommand && command.length === 0)) {
    return { entrypoint: [], words: hasOwnCommand ? command : [] };
  }
  const [program = '', ...first] = entrypoint;
  return { entrypoint: ['--entrypoint', program], words: [...first, ...command] };
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, position) => word === b[position]);
}
