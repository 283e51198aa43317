import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { synthesizePublishing } from '../../bench/soak/published-secret.ts';
import { type ConsumerProgram, snippetOf, startConsumer } from '../docs/consumer-snippets.ts';
import { PUBLISHED_NAME, publishingWorld } from '../docs/consumers-world.ts';
import { pythonProgram } from './installed.ts';

/** For each line of standard input, runs the sample code and prints the user's id. */
function driver(snippet: string, imports: string, userId: string): string {
  const use = snippetOf(snippet).use.replaceAll(/^/gm, '        ').trimEnd();
  return `
import json, sys
${imports}
for _line in sys.stdin:
    try:
${use}
        print(${userId}, flush=True)
    except Exception as error:
        print(repr(error).replace("\\n", " "), flush=True)
`;
}

const PROGRAMS: readonly (ConsumerProgram & { readonly what: string })[] = [
  {
    what: 'boto3 and the Genesys Cloud SDK',
    snippet: 'python',
    module: 'consumer.py',
    driver: {
      file: 'driver.py',
      text: driver('python', 'from consumer import PureCloudPlatformClientV2, client, with_token', 'me.id'),
    },
    program: pythonProgram('python'),
  },
  {
    what: 'Powertools Parameters',
    snippet: 'powertools',
    module: 'consumer.py',
    driver: {
      file: 'driver.py',
      text: driver('powertools', 'from consumer import call_genesys', 'json.loads(me)["id"]'),
    },
    program: pythonProgram('python'),
  },
];

describe('the Python code of docs/consumers.md', () => {
  let assemblyDirectory: string;

  beforeAll(async () => {
    assemblyDirectory = await mkdtemp(path.join(tmpdir(), 'consumers-'));
    await synthesizePublishing(assemblyDirectory);
  });
  afterAll(() => rm(assemblyDirectory, { recursive: true, force: true }));

  it.each(PROGRAMS)('calls Genesys Cloud with $what before and after a rotation', async program => {
    const world = await publishingWorld(assemblyDirectory);
    const { sandbox, userId } = world;
    const consumer = startConsumer(program, { sandbox, secretName: PUBLISHED_NAME }, onTestFinished);

    const first = await consumer.call();
    await world.rotate();
    const second = await consumer.call();

    expect([first, second]).toEqual([userId, userId]);
  });
});
