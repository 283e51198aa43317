import { keepCompiledCode } from '../desktop/compiled-code.ts';
import '../desktop/npm-shell.ts';

/** `npm run sandbox`: runs the sandbox until SIGINT or SIGTERM. */

keepCompiledCode();
await import('./program/sandbox-program.ts');
