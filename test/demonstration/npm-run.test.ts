import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { isAlive, processTreeOf } from './processes.ts';
import { emptyFolder, PROJECT } from './project.ts';

/** Shells in which npm may run a script. bash replaces itself with the program; dash stays and waits for it. */
const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash'].filter(shell => existsSync(shell));

/** `npm run sandbox` in a separate folder and process group, once the sandbox is ready. */
async function npmRunSandbox(shell: string) {
  const folder = emptyFolder();
  symlinkSync(inject('assemblyDirectory'), path.join(folder, 'cdk.out'));
  for (const name of ['package.json', 'sandbox', 'node_modules']) {
    symlinkSync(path.join(PROJECT, name), path.join(folder, name));
  }
  const npm: ChildProcess = spawn('npm', ['run', '--silent', 'sandbox', '--', '--json'], {
    cwd: folder,
    env: { ...process.env, npm_config_script_shell: shell, npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = 0, stdout, stderr } = npm;
  if (stdout === null || stderr === null) throw new Error('The output is not piped.');
  const processes = new Set<number>();
  onTestFinished(() => {
    for (const each of processes) if (isAlive(each)) process.kill(each, 'SIGKILL');
  });
  const errors = text(stderr);
  const exited = once(npm, 'exit');
  const [ready] = await once(createInterface(stdout), 'line');
  for (const each of processTreeOf(pid)) processes.add(each);
  expect(JSON.parse(String(ready))).toHaveProperty('aws.endpoint');
  return { npm, pid, processes: [...processes], exited, errors };
}

describe.each(SHELLS)('npm run sandbox in the shell %s', shell => {
  it('leaves no process behind when npm receives SIGTERM', async () => {
    const { npm, processes, exited } = await npmRunSandbox(shell);

    npm.kill('SIGTERM');
    await exited;

    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), 5_000);
  });

  it('shuts down cleanly on Ctrl-C, which the terminal sends to all processes', async () => {
    const { pid, processes, exited, errors } = await npmRunSandbox(shell);

    process.kill(-pid, 'SIGINT');
    await exited;

    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), 5_000);
    expect(await errors).toBe('');
  });
});
