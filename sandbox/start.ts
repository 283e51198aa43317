import { enableCompileCache } from '../cli/shared/compile-cache.ts';
import './program/npm-shell.ts';

/** `npm start`: synthesises the stack and rotates once in a sandbox. */

enableCompileCache();
await import('./demonstration/start-program.ts');
