import { keepCompiledCode } from '../cli/shared/compiled-code.ts';
import './program/npm-shell.ts';

/** `npm start`: synthesises the stack and rotates once in a sandbox. */

keepCompiledCode();
await import('./demonstration/start-program.ts');
