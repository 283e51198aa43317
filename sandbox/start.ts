import { keepCompiledCode } from '../desktop/compiled-code.ts';

/** `npm start`: synthesises the stack and rotates once in a sandbox. */

keepCompiledCode();
await import('./demonstration/start-program.ts');
