import { keepCompiledCode } from '../desktop/compiled-code.ts';

/** `npm start`: one rotation in a sandbox of its own, from the synthesis to the proof. */

keepCompiledCode();
await import('./demonstration/start-program.ts');
