import { Command, InvalidArgumentError } from 'commander';
import { rotateFleet } from './rotate-fleet.ts';

/** `node bench/fleet/main.ts <assembly> <secrets>`: rotates secrets together, in a process of its own. */

const program = new Command('node bench/fleet/main.ts')
  .description('Rotates secrets together in a sandbox, and prints what came of it as one JSON object.')
  .argument('<assembly>', 'the folder that npm run synth wrote')
  .argument('<secrets>', 'how many', readCount)
  .parse();
const [assemblyDirectory, secrets] = program.processedArgs as [string, number];
process.stdout.write(`${JSON.stringify(await rotateFleet(assemblyDirectory, secrets))}\n`);

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return count;
}
