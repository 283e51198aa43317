import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_EVENTS_BEHAVIOUR } from '../../sandbox/events/event-bridge.ts';
import { WORST_CASE } from '../../sandbox/genesys-cloud/behaviour.ts';
import { DEFAULT_BEHAVIOUR } from '../../sandbox/secrets-manager/behaviour.ts';
import { defaultBehaviour } from '../../sandbox/step-functions/behaviour.ts';
import { emulatedServices } from '../helpers/emulated-services.ts';
import { PROJECT } from './project.ts';

const README = readFileSync(path.join(PROJECT, 'sandbox/README.md'), 'utf8');

/** The first two cells of each row of the table under a heading. */
function rowsUnder(heading: string): (readonly [string, string])[] {
  const [, section = ''] = README.split(`${heading}\n`);
  const [text = ''] = section.split(/^#/m);
  return [...text.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm)].map(([, name = '', cell = '']) => [
    name,
    cell,
  ]);
}

/** The switches under a heading, each with its default as written in code. */
function switchesUnder(heading: string): Record<string, string> {
  return Object.fromEntries(
    rowsUnder(heading).map(([name, cell]) => [name, /^`([^`]+)`/.exec(cell)?.[1] ?? cell]),
  );
}

function asCode(behaviour: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(behaviour).map(([name, value]) => [name, JSON.stringify(value).replaceAll('"', "'")]),
  );
}

describe("the sandbox's README", () => {
  it.each([
    ['secretsManager', DEFAULT_BEHAVIOUR],
    ['stepFunctions', defaultBehaviour],
    ['events', DEFAULT_EVENTS_BEHAVIOUR],
    ['genesysCloud', WORST_CASE],
  ])('names every switch of %s and its default', (part, behaviour) => {
    expect(switchesUnder(`### \`${part}\``)).toEqual(asCode(behaviour));
  });

  it('names every operation of every service', () => {
    const documented = rowsUnder('## What is emulated').map(([id, cell]) => [
      id,
      new Set([...cell.matchAll(/`(\w+)`/g)].map(([, operation]) => operation)),
    ]);

    expect(documented).toEqual(
      emulatedServices().map(({ id, operations }) => [id, new Set(Object.keys(operations))]),
    );
  });
});
