import { addon } from './addon.ts';
import { checked } from './errno.ts';

/**
 * Unmaps the pages of this program's code that start-up and past work have touched. They stay in the page cache;
 * the kernel maps again what runs again, at the cost of a minor fault for each stretch of it.
 */
export function releaseProgramText(): void {
  checked(addon().releaseProgramText(), 'madvise');
}
