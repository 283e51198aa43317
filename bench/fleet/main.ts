import { Command } from 'commander';
import { positiveInteger } from '../option-values.ts';
import { rotateFleet } from './rotate-fleet.ts';

/** `node bench/fleet/main.ts <assembly> <secrets>`: rotates a fleet in its own process. */

const program = new Command('node bench/fleet/main.ts')
  .description('Rotates a fleet in a sandbox and prints the result as one JSON object.')
  .argument('<assembly>', 'the folder that npm run synth wrote')
  .argument('<secrets>', 'how many', positiveInteger)
  .parse();
const [assemblyDirectory, secrets] = program.processedArgs as [string, number];
process.stdout.write(`${JSON.stringify(await rotateFleet(assemblyDirectory, secrets))}\n`);
