import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFault } from '../../sandbox/faults/fault-text.ts';
import { runCli } from '../helpers/cli.ts';
import { skipRetryDelays } from '../helpers/retry-delays.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';
import { PROJECT } from './pages.ts';

const PAGE = readFileSync(path.join(PROJECT, 'docs/game-day.md'), 'utf8');

/** An instruction of the page, or its expected output. */
type Instruction =
  | { readonly do: 'set-fault'; readonly what: string }
  | { readonly do: 'remove-fault' }
  | { readonly do: 'press'; readonly what: string }
  | { readonly do: 'type'; readonly what: string }
  | { readonly do: 'expect'; readonly what: readonly string[] };

function instructionsOf(page: string): readonly Instruction[] {
  const pattern =
    /\*\*Set the fault\*\* `(?<fault>[^`]+)`|(?<remove>\*\*Remove the fault)|\*\*Press\*\* \*(?<button>[^*]+)\*|```sh\ngenesys-token-rotation (?<command>.+)\n```|```text\n(?<lines>[^`]+)\n```/g;
  return [...page.matchAll(pattern)].map(({ groups = {} }): Instruction => {
    const { fault, button, command, lines } = groups;
    if (fault !== undefined) return { do: 'set-fault', what: fault };
    if (button !== undefined) return { do: 'press', what: button };
    if (command !== undefined) return { do: 'type', what: command };
    if (lines !== undefined) return { do: 'expect', what: lines.split('\n') };
    return { do: 'remove-fault' };
  });
}

describe('docs/game-day.md', () => {
  it('has instructions that produce the documented output', { timeout: 240_000 }, async () => {
    const world = await rotationWorld({
      virtualTime: false,
      events: { rules: 'none' },
      secretsManager: { retryDelaysMs: [] },
    });
    const { sandbox } = world;
    skipRetryDelays(sandbox);
    const credential = await world.credential({ secretName: 'genesys/demo' });
    const buttons: Readonly<Record<string, () => unknown>> = {
      'Revoke tokens': () => world.revokeUserOf(credential.clientId),
      'Log in again': async () => {
        sandbox.clock.advance(1_000);
        await world.authorizeAgain(credential);
      },
    };
    let printed = '';
    const missing: string[] = [];

    for (const step of instructionsOf(PAGE)) {
      if (step.do === 'set-fault') sandbox.faults.add(parseFault(step.what));
      else if (step.do === 'remove-fault') sandbox.faults.clear();
      else if (step.do === 'press') await buttons[step.what]?.();
      else if (step.do === 'type') {
        // A reader is slower: by then, the rotation function no longer polls the last execution.
        await sandbox.secretsManager.rotationsIdle();
        const { stdout, stderr } = await runCli(sandbox, step.what.split(' '));
        printed = `$ ${step.what}\n${stdout}${stderr}`;
      } else
        missing.push(
          ...step.what.filter(line => !printed.includes(line)).map(line => `${line}\n  in ${printed}`),
        );
    }

    expect(missing).toEqual([]);
    expect(
      await world.statusOfCurrentUser((await world.currentValue(credential.secretArn)).accessToken),
    ).toBe(200);
  });

  it('has five failures, each with commands and their output', () => {
    const failures = PAGE.split(/^## /m).slice(1);

    expect(failures).toHaveLength(5);
    for (const failure of failures) {
      const kinds = instructionsOf(failure).map(step => step.do);
      expect(kinds.filter(kind => kind === 'type').length).toBeGreaterThanOrEqual(2);
      expect(kinds.filter(kind => kind === 'expect')).toHaveLength(
        kinds.filter(kind => kind === 'type').length,
      );
    }
  });
});
