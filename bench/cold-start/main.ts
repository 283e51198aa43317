import { parseArgs } from 'node:util';
import { measureColdStart } from './measure.ts';
import { coldStartSection } from './section.ts';

/** `node bench/cold-start/main.ts [--repetitions n]`: prints the section on cold starts. */

const { values } = parseArgs({ options: { repetitions: { type: 'string', default: '25' } } });
const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1) {
  console.error('--repetitions is how often each function is started: 1 or more.');
  process.exit(1);
}
process.stdout.write(coldStartSection(await measureColdStart({ repetitions })));
