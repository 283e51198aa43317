import { keepCompiledCode } from '../desktop/compiled-code.ts';
import '../desktop/npm-shell.ts';

/** `npm start`: synthesises the stack and rotates once in a sandbox. */

keepCompiledCode();
await import('./demonstration/start-program.ts');
