import { ROTATION_STEPS } from '../../functions/rotation/rotation-event.ts';
import { DEFAULT_BEHAVIOUR } from '../../sandbox/secrets-manager/behaviour.ts';
import { failureName } from './failure.ts';
import { announceAttempt } from './notifications.ts';
import { rotationStep } from './rotation-function.ts';
import type { SimulatedSecret } from './simulated-secret.ts';
import type { Process } from './timeline.ts';
import type { World } from './world.ts';

/**
 * Rotates a secret at its moment of the window as Secrets Manager does: it runs the four steps, and repeats them all
 * after a failure while the window is open. AWS does not publish the number and the delays of the retries; the sandbox's
 * assumption is used.
 */
export function* rotateInWindow(
  world: World,
  secret: SimulatedSecret,
  { dueMs, windowMs }: { readonly dueMs: number; readonly windowMs: number },
): Process {
  const { timeline, tally, lambda } = world;
  yield dueMs;
  for (let retry = 0; ; retry++) {
    try {
      for (const step of ROTATION_STEPS)
        yield* lambda.invoke('rotation', invocation => rotationStep(world, invocation, secret, step));
      tally.rotationMs.push(timeline.nowMs() - dueMs);
      announceAttempt(world, secret, true);
      return;
    } catch (error) {
      tally.failedAttempts.add(failureName(error));
      announceAttempt(world, secret, false);
    }
    const delayMs = DEFAULT_BEHAVIOUR.retryDelaysMs[retry];
    if (delayMs === undefined || timeline.nowMs() + delayMs > windowMs) {
      tally.unfinished += 1;
      return;
    }
    yield delayMs;
  }
}
