import { keepCompiledCode } from '../desktop/compiled-code.ts';

/** `npm run sandbox`: the sandbox, kept up until SIGINT or SIGTERM. */

keepCompiledCode();
await import('./program/sandbox-program.ts');
