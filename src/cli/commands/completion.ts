import type { Group } from './types.ts';

export const completion: Group = {
  summary: 'Print the script by which a shell completes command lines',
  commands: {
    bash: { summary: 'The script for bash', load: () => import('../completion/bash.ts') },
    fish: { summary: 'The script for fish', load: () => import('../completion/fish.ts') },
    zsh: { summary: 'The script for zsh', load: () => import('../completion/zsh.ts') },
  },
};
