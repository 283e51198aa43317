import { enableCompileCache } from '../cli/shared/compile-cache.ts';
import './program/npm-shell.ts';

/** `npm run sandbox`: runs the sandbox until SIGINT or SIGTERM. */

enableCompileCache();
await import('./program/sandbox-program.ts');
