import { keepCompiledCode } from '../cli/shared/compiled-code.ts';
import './program/npm-shell.ts';

/** `npm run sandbox`: runs the sandbox until SIGINT or SIGTERM. */

keepCompiledCode();
await import('./program/sandbox-program.ts');
