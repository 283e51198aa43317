import module from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Caches the compiled code of all modules imported after this call. Startup is mostly module loading; the cache halves
 * it.
 */
export function enableCompileCache(): void {
  // Not in the temporary folder, where another user could plant code. Node.js 20 has no compile cache.
  module.enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)));
}
