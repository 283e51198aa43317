import { keepCompiledCode } from '../desktop/compiled-code.ts';

/** `npm run sandbox`: runs the sandbox until SIGINT or SIGTERM. */

keepCompiledCode();
await import('./program/sandbox-program.ts');
